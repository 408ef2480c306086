import { parseArgs } from 'node:util';

export interface OwnFlags<Name extends string> {
  /** Text where a flag takes some; else true. */
  readonly own: Partial<Record<Name, string | true>>;
  /** What is left: settings, for `readCommandLine`. */
  readonly rest: readonly string[];
}

/** Takes the flags of a command out of its arguments, among which those of settings may stand too. */
export function takeOwnFlags<Name extends string>(
  args: readonly string[],
  flags: Readonly<Record<Name, 'string' | 'boolean'>>,
): OwnFlags<Name> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, type]) => [name, { type: type as 'string' | 'boolean' }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const own: Partial<Record<Name, string | true>> = {};
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !isNamed(token.name, flags)) continue;
    // Without its value it stays, for the error of an unknown flag.
    if (flags[token.name] === 'string' && token.value === undefined) continue;
    own[token.name] = token.value ?? true;
    taken.add(token.index);
    if (token.inlineValue === false) taken.add(token.index + 1);
  }
  return { own, rest: args.filter((_word, index) => !taken.has(index)) };
}

function isNamed<Name extends string>(name: string, flags: Readonly<Record<Name, unknown>>): name is Name {
  return Object.hasOwn(flags, name);
}
