import { fileURLToPath } from 'node:url';

/** The parts of Chromium's `.cpuprofile` that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** Which node each sample fell into, and the us since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Cost {
  readonly name: string;
  readonly selfUs: number;
}

export interface ProfileCosts {
  /** All but idle time. */
  readonly busyUs: number;
  readonly totalUs: number;
  /** Most expensive first. */
  readonly groups: readonly Cost[];
  readonly functions: readonly Cost[];
}

/** Over node-datachannel: SRTP and the socket. Over the native transport: a copy, and handing the batch over. */
const nativeSend = 'native calls of the transport';

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

const root = fileURLToPath(new URL('..', import.meta.url));
/** The first that fits, by the source file. */
const groupsByFile: readonly (readonly [pattern: RegExp, group: string])[] = [
  [/src\/sfu\/bwe\/|sfu\/(?:pacing-budget|sent-log|viewer-line)/, 'estimation and pacing'],
  [/src\/rtp\/rtcp\/|feedback|sfu\/(?:quality|receiver-view|reception)/, 'RTCP'],
  [/src\/sfu\/(?:layers|linter|speaker)\//, 'layers, linter, speaker'],
  [/src\/(?:sfu|rtp)\//, 'our forwarding'],
  [/src\/transport\/|node-datachannel/, 'transport, this side of the native code'],
  [/src\/rooms\/|node:internal\/timers/, 'rooms and ticks'],
  [
    /src\/(?:api|signaling|auth|rate-limits|sdp)\/|fastify|node_modules\/ws\/|node:_?http|node:net|node:internal\/stream/,
    'HTTP and signaling',
  ],
  [/src\/(?:telemetry|history|events)\/|prom-client|pino/, 'telemetry, history, logs'],
];

function groupOf({ functionName, url }: CallFrame, caller: CallFrame | undefined): string {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native code besides (Node, N-API callbacks)';
  if (isNative({ functionName, url })) return caller?.url.includes('/transport/') ? nativeSend : 'other native calls';
  return groupsByFile.find(([pattern]) => pattern.test(url))?.[1] ?? 'others';
}

/** Of an addon. Its functions have all got the name of some class of it. */
function isNative({ functionName, url }: Pick<CallFrame, 'functionName' | 'url'>): boolean {
  return url === '' && !functionName.startsWith('(');
}

function nameOf(frame: CallFrame, caller: CallFrame | undefined): string {
  if (isNative(frame) && caller !== undefined) return `native code called by ${nameOf(caller, undefined)}`;
  const { functionName, url, lineNumber } = frame;
  const file = url.replace('file://', '').replace(root, '').replace('packages/server/src/', '');
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`;
}

/** Sums self times up. */
export function costsOf({ nodes, samples, timeDeltas }: CpuProfile): ProfileCosts {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const callers = new Map(
    nodes.flatMap(({ callFrame, children = [] }) => children.map((id) => [id, callFrame] as const)),
  );
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  let totalUs = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined) continue;
    // A delta is the time since the sample before, so what ran in it is that one's; at this rate either will do.
    const us = Math.max(0, timeDeltas[index] ?? 0);
    totalUs += us;
    add(groups, groupOf(frame, callers.get(id)), us);
    if (frame.functionName !== '(idle)') add(functions, nameOf(frame, callers.get(id)), us);
  }
  const idleUs = groups.get('idle') ?? 0;
  groups.delete('idle');
  return { busyUs: totalUs - idleUs, totalUs, groups: ranked(groups), functions: ranked(functions) };
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

function ranked(sums: ReadonlyMap<string, number>): Cost[] {
  return [...sums].map(([name, selfUs]) => ({ name, selfUs })).toSorted((a, b) => b.selfUs - a.selfUs);
}
