import type { Reason } from '../model/verdict.js'
import { LIMITS, percent, type Rule, reason, severityOf } from './evidence.js'

/** The publisher is a part of the load generator: one that cannot keep up is late by itself, and the server would be charged for it. */
const publisherBusy: Rule = ({ trial: { publisher } }) => {
  const utilization = publisher.posts?.eventLoopUtilization ?? 0
  const severity = severityOf(utilization, LIMITS.driverUtilization)
  if (severity === null) return []
  return [reason('PUBLISHER_BUSY', severity, `the publisher was busy for ${percent(utilization)} of the window`, { utilization })]
}

const observedFeed: Rule = ({ trial: { messages, latencyUs } }) => {
  if (messages.basis !== 'observed') return []
  const { scheduled, published } = messages
  const message = `the server publishes by itself: ${scheduled} messages were to come by their numbers, of which ${published} were seen`
  return [reason('OBSERVED_FEED', 'finding', message, { scheduled, seen: published, timed: latencyUs.count })]
}

/** Of these nobody can be waiting for a delivery: they are missing at every client. */
const postsFailed: Rule = ({ trial: { publisher } }): Reason[] => {
  const { posts } = publisher
  if (posts === null || (posts.failed === 0 && posts.unconfirmed === 0)) return []
  const { accepted, failed, unconfirmed, lastError } = posts
  const message = `the server refused ${failed} messages of the window and did not answer for ${unconfirmed}: what was refused is missing at every client`
  return [reason('POSTS_FAILED', 'finding', message, { accepted, failed, unconfirmed, lastError })]
}

/** What a publisher outside the server found, and what there is to say where the server publishes by itself. */
export const PUBLISHER_RULES: readonly Rule[] = [publisherBusy, observedFeed, postsFailed]
