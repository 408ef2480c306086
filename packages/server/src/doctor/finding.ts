export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** What one check saw. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly check: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What to do; with every warning and failure. */
  readonly advice?: string;
}

/** Findings of one check, which then need not repeat its name. */
export function findingsOf(check: string) {
  return {
    ok: (detail: string): Finding => ({ check, verdict: 'ok', detail }),
    skipped: (detail: string): Finding => ({ check, verdict: 'skipped', detail }),
    warning: (detail: string, advice: string): Finding => ({ check, verdict: 'warning', detail, advice }),
    failed: (detail: string, advice: string): Finding => ({ check, verdict: 'failed', detail, advice }),
  };
}

export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
