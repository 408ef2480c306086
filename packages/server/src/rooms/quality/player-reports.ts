import type { ViewerReport } from '@bitbasel/protocol';

/** A player that reports more often is not heard in between. */
const minIntervalUs = 1_000_000;

/** What one viewer's player says of itself, bounded in size by its schema and in number by dropping. */
export class PlayerReports {
  latest: ViewerReport | null = null;
  /** When it came. */
  atUs = Number.NEGATIVE_INFINITY;

  /** @returns whether it was taken; what a report leaves out stays as it was */
  add(report: ViewerReport, nowUs: number): boolean {
    if (nowUs - this.atUs < minIntervalUs) return false;
    this.atUs = nowUs;
    this.latest = { ...this.latest, ...report };
    return true;
  }
}
