import type { Session } from './session.ts';

/** Counts of sessions since their start, or of all since the server's: they only grow. */
export interface SessionTotals {
  bytesSent: number;
  bytesReceived: number;
  packetsSent: number;
  packetsReceived: number;
  packetsDropped: number;
  packetsRetransmitted: number;
  /** Asked for again by viewers, and of hosts. */
  viewerPacketsNacked: number;
  hostPacketsNacked: number;
  /** Asked for by viewers, and of hosts: many of the former become one of the latter. */
  viewerKeyframesRequested: number;
  hostKeyframesRequested: number;
}

export function noTotals(): SessionTotals {
  return {
    ...{ bytesSent: 0, bytesReceived: 0, packetsSent: 0, packetsReceived: 0, packetsDropped: 0 },
    ...{ packetsRetransmitted: 0, viewerPacketsNacked: 0, hostPacketsNacked: 0 },
    ...{ viewerKeyframesRequested: 0, hostKeyframesRequested: 0 },
  };
}

export function addTotals(totals: SessionTotals, { counters, viewer, publisher }: Session): void {
  totals.bytesSent += counters.bytesSent;
  totals.bytesReceived += counters.bytesReceived;
  totals.packetsSent += counters.packetsSent;
  totals.packetsReceived += counters.packetsReceived;
  totals.packetsDropped += counters.packetsDropped;
  for (const downstream of viewer?.downstreams ?? []) totals.packetsRetransmitted += downstream.packetsRetransmitted;
  totals.viewerPacketsNacked += viewer?.packetsNacked ?? 0;
  totals.viewerKeyframesRequested += viewer?.keyframesRequested ?? 0;
  totals.hostPacketsNacked += publisher?.requests.packetsNacked ?? 0;
  totals.hostKeyframesRequested += publisher?.requests.keyframesRequested ?? 0;
}
