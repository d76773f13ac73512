import { descriptorLimit } from '../measure/descriptors.js'
import { OWN_DESCRIPTORS } from '../model/placement.js'

/**
 * Connections that this process can hold: what its descriptors allow, less those that it needs itself. Placement counts in the same way, so that a
 * measured run's server holds all clients of its plan.
 */
export function connectionsAllowed(descriptors: number = descriptorLimit()): number {
  return Math.max(1, descriptors - OWN_DESCRIPTORS)
}
