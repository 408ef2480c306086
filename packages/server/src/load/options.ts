import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { isLoopback } from '../loopback.ts';
import { parseJoinCurve } from './curves.ts';
import { layerRids, type MediaPlan, type Plan } from './plan.ts';
import type { Bounds } from './report/verdict.ts';
import type { RunOptions } from './run.ts';

export const usage = `Usage: bitbasel load --whip-url=URL [--whep-url=URL] [flags]

Publishes into rooms and watches them, at any WHIP and WHEP server. {room} in a URL or a token stands for the room's name.

  --whip-url, --whep-url     for example http://localhost:8082/whip/{room} and http://localhost:8082/whep/{room}
  --token                    bearer token of both; --whip-token and --whep-token for one of them
  --rooms=1 --viewers=10     rooms, and viewers in each; --room-prefix=load- begins the rooms' names
  --join=storm               or poisson:20 (viewers a second) or ramp:10 (seconds)
  --duration=10              seconds after the last has come
  --warm-up=0                seconds after the last has come, before packets count; 0 counts from each one's first
  --stay=30 --pause=1        viewers stay 30 s on average, and come back after 1 s; without --stay they stay
  --bitrate-kbps=1728 --fps=30 --keyframe-interval=2
                             synthetic VP8, with --simulcast in three layers
  --video=FILE               VP8 as IVF or H264 as Annex B instead, over and over; three, by commas, for simulcast
  --audio                    Opus as well
  --loss=1% --uplink-loss=1% share of packets that viewers take as lost, that hosts do not send
  --no-transport-cc          viewers send no transport-wide feedback
  --ice-controlled           peers begin as the controlled side of ICE; see docs/load.md
  --find-limit               more viewers, run after run, until the bounds fail; --max-viewers=2000 at most
  --max-loss=0.1%            exit code 1 above it (after repair); --max-connect-ms=5000 likewise
  --workers=${defaultWorkers()}                processes of viewers
  --server-pid=PID           tells CPU and memory of a server on this machine
  --seed=1 --json --quiet`;

/** Arguments that cannot be used. */
export class LoadUsageError extends Error {}

export interface LoadCommand extends Bounds {
  /** But for the number of viewers, which `findLimit` varies. */
  readonly run: Omit<RunOptions, 'onProgress'>;
  readonly findLimit: boolean;
  readonly maxViewers: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const seconds = z.coerce.number().min(0).max(86_400);
const flag = z.boolean().default(false);
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** `0.1%` or `0.001`. */
const share = z
  .string()
  .regex(/^\d+(\.\d+)?%?$/, 'must be a share, for example 1% or 0.01')
  .transform((text) => (text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)))
  .pipe(z.number().max(1));

const schema = z.object({
  'whip-url': url,
  'whep-url': url.optional(),
  token: z.string().optional(),
  'whip-token': z.string().optional(),
  'whep-token': z.string().optional(),
  rooms: count(1, 10_000).default(1),
  viewers: count(0, 100_000).default(10),
  'room-prefix': z.string().default('load-'),
  join: z.string().default('storm'),
  duration: seconds.default(10),
  'warm-up': seconds.default(0),
  stay: z.coerce.number().positive().max(86_400).optional(),
  pause: seconds.default(1),
  'bitrate-kbps': z.coerce.number().min(20).max(100_000).default(1728),
  fps: z.coerce.number().min(1).max(240).default(30),
  'keyframe-interval': z.coerce.number().min(0).max(3600).default(2),
  simulcast: flag,
  video: z.string().optional(),
  audio: flag,
  loss: share.prefault('0'),
  'uplink-loss': share.prefault('0'),
  'no-transport-cc': flag,
  'ice-controlled': flag,
  'find-limit': flag,
  'max-viewers': count(1, 100_000).default(2000),
  'max-loss': share.optional(),
  'max-connect-ms': z.coerce.number().positive().optional(),
  workers: count(1, 256).default(defaultWorkers()),
  'server-pid': count(1, 2 ** 31).optional(),
  seed: count(0, 2 ** 31).default(1),
  json: flag,
  quiet: flag,
});

type Flags = z.output<typeof schema>;

/** Loss that `--find-limit` allows where no other is given. */
const findLimitMaxLoss = 0.001;
const findLimitMaxConnectMs = 5000;

/** @throws LoadUsageError */
export function readLoadOptions(args: readonly string[]): LoadCommand {
  const parsed = schema.safeParse(parseFlags(args));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
    throw new LoadUsageError([...faults, '', usage].join('\n'));
  }
  const flags = parsed.data;
  const join = parseJoinCurve(flags.join);
  if (join === undefined)
    throw new LoadUsageError('--join: must be storm, poisson:<viewers a second> or ramp:<seconds>');
  if (flags.viewers > 0 && flags['whep-url'] === undefined)
    throw new LoadUsageError('--whep-url: viewers need one. --viewers=0 publishes only.');
  const rooms = Array.from({ length: flags.rooms }, (_, index) => `${flags['room-prefix']}${index + 1}`);
  if (rooms.length > 1 && !flags['whip-url'].includes('{room}'))
    throw new LoadUsageError('--whip-url: with several rooms it needs {room}, for the name of each');
  const serverPid = flags['server-pid'];
  if (serverPid !== undefined && !existsSync(`/proc/${serverPid}/status`))
    throw new LoadUsageError('--server-pid: there is no such process, or no /proc to follow it by');
  const isSearch = flags['find-limit'];
  return {
    run: {
      plan: planOf(flags),
      rooms,
      viewersPerRoom: flags.viewers,
      join,
      durationSeconds: flags.duration,
      warmUpSeconds: flags['warm-up'],
      workers: flags.workers,
      serverPid,
    },
    maxLoss: flags['max-loss'] ?? (isSearch ? findLimitMaxLoss : undefined),
    maxConnectMs: flags['max-connect-ms'] ?? (isSearch ? findLimitMaxConnectMs : undefined),
    findLimit: isSearch,
    maxViewers: flags['max-viewers'],
    json: flags.json,
    quiet: flags.quiet,
  };
}

function planOf(flags: Flags): Plan {
  const whipUrl = flags['whip-url'];
  const whepUrl = flags['whep-url'] ?? '';
  const { stay, token } = flags;
  return {
    whipUrl,
    whepUrl,
    whipToken: flags['whip-token'] ?? token,
    whepToken: flags['whep-token'] ?? token,
    media: mediaOf(flags),
    audio: flags.audio,
    uplinkLoss: flags['uplink-loss'],
    downlinkLoss: flags.loss,
    transportCc: !flags['no-transport-cc'],
    controlsIce: !flags['ice-controlled'],
    churn: stay === undefined ? undefined : { meanStaySeconds: stay, pauseSeconds: flags.pause },
    bindAddress: isLoopback(new URL(whipUrl).hostname) ? '127.0.0.1' : '0.0.0.0',
    seed: flags.seed,
  };
}

function mediaOf(flags: Flags): MediaPlan {
  if (flags.video !== undefined) {
    const paths = flags.video.split(',');
    if (paths.length !== 1 && paths.length !== layerRids.length)
      throw new LoadUsageError(`--video: give one file, or ${layerRids.length} for simulcast, smallest first`);
    return { kind: 'files', paths, framesPerSecond: flags.fps };
  }
  return {
    kind: 'synthetic',
    bitrateBps: flags['bitrate-kbps'] * 1000,
    framesPerSecond: flags.fps,
    keyframeIntervalSeconds: flags['keyframe-interval'],
    simulcast: flags.simulcast,
  };
}

function parseFlags(args: readonly string[]): Record<string, string | boolean> {
  const options = Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [
      name,
      { type: field === flag ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value as string | boolean]));
  } catch (error) {
    throw new LoadUsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/** The server, or the line to it, has to be the limit, so viewers get every core there is. */
function defaultWorkers(): number {
  return Math.min(8, availableParallelism());
}
