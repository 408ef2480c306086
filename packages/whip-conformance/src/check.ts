import type { Context } from './context.ts';

export type Result = 'pass' | 'fail' | 'not applicable';

/** How a check went, and what the server did. */
export interface Outcome {
  readonly result: Result;
  readonly seen: string;
}

export interface Check {
  /** Stable: reports of two runs can be compared by it. */
  readonly id: string;
  /** Where the document asks for it, for example `RFC 9725, 4.2`. */
  readonly section: string;
  /** `must` where the document leaves no choice; `should` for what it recommends, or what clients in the field need. */
  readonly level: 'must' | 'should';
  /** What the section asks, in one sentence. */
  readonly asks: string;
  run(context: Context): Promise<Outcome>;
}

export type Report = Omit<Check, 'run'> & Outcome;

export function pass(seen: string): Outcome {
  return { result: 'pass', seen };
}

export function fail(seen: string): Outcome {
  return { result: 'fail', seen };
}

/** The server has not got what this is about, or this run gave no occasion to see it. */
export function notApplicable(seen: string): Outcome {
  return { result: 'not applicable', seen };
}

export function passIf(condition: boolean, seen: string): Outcome {
  return condition ? pass(seen) : fail(seen);
}
