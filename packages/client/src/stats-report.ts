/** The entries of one type (W3C webrtc-stats), in a statistics report. */
export function statsOfType<Stats extends RTCStats>(report: RTCStatsReport, type: RTCStatsType): Stats[] {
  const found: Stats[] = [];
  report.forEach((stats: RTCStats) => {
    if (stats.type === type) found.push(stats as Stats);
  });
  return found;
}

/** Milliseconds of the candidate pair in use; null before there is one. */
export function roundTripMs(report: RTCStatsReport): number | null {
  const pair = statsOfType<RTCIceCandidatePairStats>(report, 'candidate-pair').find(
    (candidatePair) => candidatePair.nominated && candidatePair.state === 'succeeded',
  );
  return pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1000;
}

/** For example `VP8`; null before the first packet. */
export function codecName(report: RTCStatsReport, codecId: string | undefined): string | null {
  const codec = codecId === undefined ? undefined : (report.get(codecId) as { mimeType?: string } | undefined);
  return codec?.mimeType?.split('/')[1] ?? null;
}
