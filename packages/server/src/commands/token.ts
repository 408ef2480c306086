import { parseArgs } from 'node:util';
import { roomPatternSchema, tokenCapsSchema, userIdSchema } from '@bitbasel/protocol';
import { z } from 'zod';
import { roleGrants, type TokenRole } from '../auth/grants.ts';
import { signToken } from '../auth/sign-token.ts';
import { ConfigError, loadConfig } from '../config/load.ts';
import type { Command } from './command.ts';

const usage = `Usage: bitbasel token --room=ROOM [--role=host|viewer|manager] [--ttl=1h] [--user=ID]
                      [--max-height=720] [--max-bitrate-kbps=1500] [--max-framerate=30] [--config=file.json]

Prints a token signed with auth.secret (BITBASEL_AUTH_SECRET, or the configuration file).
ROOM may hold *, which stands for any characters. --ttl is a number and s, m, h or d.`;

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const number = z.coerce.number();

const flagsSchema = z.object({
  room: roomPatternSchema,
  role: z.enum(Object.keys(roleGrants) as [TokenRole, ...TokenRole[]]).default('viewer'),
  ttl: z
    .string()
    .regex(/^[1-9]\d{0,7}[smhd]$/, 'must be a number and s, m, h or d, for example 1h')
    .default('1h'),
  user: userIdSchema.optional(),
  'max-height': number.pipe(tokenCapsSchema.shape.max_height.unwrap()).optional(),
  'max-bitrate-kbps': number.pipe(tokenCapsSchema.shape.max_bitrate_kbps.unwrap()).optional(),
  'max-framerate': number.pipe(tokenCapsSchema.shape.max_framerate.unwrap()).optional(),
});

/** `bitbasel token`: a token from the server's own secret. */
export const tokenCommand: Command = {
  summary: 'print a token for a room',
  usage,
  async run(args, environment) {
    try {
      console.log(await makeToken(args, environment));
      return 0;
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof ConfigError)) throw error;
      console.error(error.message);
      return 2;
    }
  },
};

class UsageError extends Error {}

async function makeToken(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const { config: configPath, ...flags } = readFlags(args);
  const parsed = flagsSchema.safeParse(flags);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
    throw new UsageError([...faults, '', usage].join('\n'));
  }
  const { auth } = loadConfig({ environment, flags: { values: {}, faults: [], nameOf: String }, configPath });
  if (auth.secret === undefined)
    throw new UsageError('auth.secret: there is none to sign with. Set BITBASEL_AUTH_SECRET, or give --config.');
  const { room, role, ttl, user, ...caps } = parsed.data;
  return signToken(
    { room, grants: [...roleGrants[role]], ...(user === undefined ? {} : { sub: user }), ...capsClaim(caps) },
    auth.secret,
    {
      ttlSeconds: secondsOf(ttl),
      nowMs: Date.now(),
      ...(auth.issuer === undefined ? {} : { issuer: auth.issuer }),
      ...(auth.audience === undefined ? {} : { audience: auth.audience }),
    },
  );
}

function readFlags(args: readonly string[]): Record<string, string | undefined> {
  const names = [...Object.keys(flagsSchema.shape), 'config'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...args], options });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

function secondsOf(ttl: string): number {
  const unit = z.enum(['s', 'm', 'h', 'd']).parse(ttl.at(-1));
  return Number.parseInt(ttl, 10) * unitSeconds[unit];
}

function capsClaim(flags: Partial<Record<'max-height' | 'max-bitrate-kbps' | 'max-framerate', number | undefined>>) {
  const caps = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.replaceAll('-', '_'), value] as const],
  );
  return caps.length === 0 ? {} : { caps: Object.fromEntries(caps) };
}
