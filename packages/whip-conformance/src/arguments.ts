import { parseArgs } from 'node:util';
import type { Target } from './context.ts';

export interface Arguments {
  readonly target: Target;
  readonly json: boolean;
  /** A failed `should` counts too. */
  readonly strict: boolean;
}

export const usage = `Usage: whip-conformance <WHIP URL> [--whep <WHEP URL>] [--token <bearer token>] [--json] [--strict]

Checks a WHIP server (RFC 9725), and with --whep a WHEP server of the same stream, from outside. It publishes to the
URL some fifty times, and watches it: use a room that nobody else uses.

Exit code: 0 all that applies passed, 1 something failed (with --strict what is only recommended too), 2 wrong usage.`;

/** @throws Error with what is wrong */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      whep: { type: 'string' },
      token: { type: 'string' },
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const [whip, ...others] = positionals;
  if (whip === undefined || others.length > 0) throw new Error('give exactly one WHIP URL');
  const { whep, token, json, strict } = values;
  for (const url of [whip, whep]) {
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new Error(`${url} is no http(s) URL`);
  }
  return { target: { whip, whep, token }, json, strict };
}
