import type { LoadReport } from './report/report.ts';
import { type Bounds, failuresOf } from './report/verdict.ts';

export interface Step {
  readonly viewers: number;
  readonly report: LoadReport;
  /** Empty where it held. */
  readonly failures: readonly string[];
}

export interface FoundLimit {
  /** 0 where not even the first number held. */
  readonly held: number;
  readonly steps: readonly Step[];
}

export interface FindLimitOptions {
  /** The first number; doubled while it holds, then narrowed down. */
  readonly from: number;
  /** Not more are tried. */
  readonly to: number;
  readonly bounds: Bounds;
  run(viewers: number): Promise<LoadReport>;
  onStep?(step: Step): void;
}

/** The answer is at most this much below the first number that failed. */
const precision = 0.1;

/** The largest number of viewers that keeps to the bounds: run after run, each on its own. */
export async function findLimit({ from, to, bounds, run, onStep }: FindLimitOptions): Promise<FoundLimit> {
  const steps: Step[] = [];
  const holds = async (viewers: number): Promise<boolean> => {
    const report = await run(viewers);
    const step = { viewers, report, failures: failuresOf(report, bounds) };
    steps.push(step);
    onStep?.(step);
    return step.failures.length === 0;
  };
  let held = 0;
  let failed = Number.POSITIVE_INFINITY;
  for (let next = from; next > held && next < failed; ) {
    if (await holds(next)) held = next;
    else failed = next;
    next = held === 0 ? Math.floor(failed / 2) : nextNumber(held, failed, to);
  }
  return { held, steps };
}

/** Twice as many, or the middle; `held` itself where that is near enough. */
function nextNumber(held: number, failed: number, to: number): number {
  if (failed === Number.POSITIVE_INFINITY) return Math.min(to, 2 * held);
  return failed - held <= precision * failed ? held : Math.floor((held + failed) / 2);
}
