/** What a field that takes text or an object is given instead. */
const wrongValues = [null, 7, true, [], '', [{}]] as const;
/** Is fine as an object of settings, and in no other place. */
const emptyObject = {};

/** Bodies that are right but for one field, which has each of the wrong types in turn. */
export function* wrongFields(
  right: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Generator<Record<string, unknown>> {
  for (const field of fields) {
    const values = field === 'settings' ? wrongValues : [...wrongValues, emptyObject];
    for (const value of values) yield { ...right, [field]: value };
  }
}

/** Deeper than any parser that calls itself could go. */
export function deepNesting(open: string, close: string, depth: number): string {
  return open.repeat(depth) + close.repeat(depth);
}
