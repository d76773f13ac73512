/**
 * When a pair of slices is dropped and when a round is invalid: by what cannot depend on which side is better, and fixed before anything is measured.
 * Starting values, to be fitted by gates of the same server against itself (`npm run gate:calibrate`).
 */
export const GATE_LIMITS = {
  pair: {
    /** Of the machine's processor time, that went to other programs. */
    cpuOthersShare: 0.25,
    stealShare: 0.05,
    /** In which the runner did not get to run, in microseconds. */
    pauseUs: 250e3,
    /** In which a driver did not get to run, of the length of a slice. */
    frozenShare: 0.1,
    /** p99 of a publisher in a process of its own: microseconds, or a share of the mean interval if that is more. */
    publishDelayUs: 2e3,
    publishDelayShare: 0.1,
    /** Of such a publisher's event loop, as of the driver's: both are the load generator. */
    publisherUtilization: 0.8,
    driverUtilization: 0.8,
    /**
     * p90 of what a driver may have added, of the p90 of what was measured. Not p99: of the 14 publishes of a slice that is a single one, and each time the driver collects
     * its garbage would be a verdict on it; such a slice is one of many, whose median is taken.
     */
    lagShare: 0.1,
    /** What a driver may always have added, in microseconds: timers and the scheduler add as much to anybody. Less than for a trial, since a pair is sooner measured again. */
    lagFloorUs: 1_200,
    /** Publishes that count in a slice. */
    leastPublishes: 10,
  },
  round: {
    /** Of the pairs of a label. */
    droppedShare: 0.3,
    stealShare: 0.02,
    throttledShare: 0.05,
    pauseUs: 2e6,
    driverUtilization: 0.6,
    lagShare: 0.3,
    /** Publishes later than an interval. */
    latePublishShare: 0.01,
    publisherUtilization: 0.6,
    /** Messages that a server had not answered for when the round ended, of those that were due on its side. */
    unconfirmedShare: 0.01,
    /** Of each side, that are left. */
    leastSlices: 8,
    clockDriftUs: 5e3,
    /**
     * p50 of the first quarter of a label's slices, of that of the last, in three rounds in a row. Of 33 labels with the warm-up of scenarios/gate.yaml one had 1.4 and none more; polls with one of
     * 250 ms had 1.4 to 2.2 in 14 of 14.
     */
    warmUpTrend: 1.4,
  },
} as const
