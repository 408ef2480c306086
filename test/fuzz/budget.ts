import fc from 'fast-check';

/** The whole test's time, which its rounds and kinds of input share. `make fuzz` gives it more. */
export const fuzzSeconds = Number(process.env.FUZZ_SECONDS ?? 60);
/** Printed by the test: with the same number it sends the same inputs in the same order. */
export const fuzzSeed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** The time is looked at after so many: an input that was begun is waited for, since a server that hangs is a failure. */
const inputsABatch = 50;
/** How long a batch may go on after a failure, to make its input smaller. */
const shrinkTimeoutMs = 60_000;

/**
 * Tries inputs until the time is over, and throws for the first that the property does not hold for, with a smaller one
 * where that is found.
 * @returns how many were tried
 */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  seed: number,
  milliseconds: number,
  holds: (input: T) => Promise<void>,
): Promise<number> {
  const deadlineMs = performance.now() + milliseconds;
  let tried = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    tried += 1;
    await holds(input);
  });
  for (let batch = 0; performance.now() < deadlineMs; batch += 1) {
    await fc.assert(property, {
      ...{ seed: (seed + batch) | 0, numRuns: inputsABatch, includeErrorInReport: true },
      ...{ interruptAfterTimeLimit: shrinkTimeoutMs, markInterruptAsFailure: true },
    });
  }
  return tried;
}
