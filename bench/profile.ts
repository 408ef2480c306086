/**
 * `make profile`: a server in a process of its own, viewers by `bitbasel load`, and where the server's time goes: its top
 * costs by self time, grouped, and its threads' CPU. `profile.ts [VIEWERS] [SECONDS]` leaves a CPU profile, a sampling of
 * what is allocated and a heap snapshot in bench/results, to be opened in Chromium's developer tools.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Inspector } from '../test/support/inspector.ts';
import { MediaServerProcess } from '../test/support/media-server.ts';
import { Program } from '../test/support/program.ts';
import { describeMachine } from './measurement.ts';
import { type Cost, type CpuProfile, costsOf } from './profile-costs.ts';

const [viewers = '100', seconds = '10'] = process.argv.slice(2);
/** The hot path is compiled by then; see `WARM_UP_FRAMES`. */
const warmUpMs = 10_000;
const samplingIntervalUs = 250;
const heapSamplingBytes = 16 * 1024;
const topFunctions = 20;
const main = resolve(import.meta.dirname, '../packages/server/src/main.ts');
const folder = join(import.meta.dirname, 'results', `profile-${new Date().toISOString().replaceAll(':', '-')}`);

const server = await MediaServerProcess.start(
  {
    ...{ 'rooms.max_viewers_per_room': '100000', 'server.max_connections': '100000', 'log.level': 'warn' },
    ...{ 'rate_limits.joins_per_minute': 'false', 'rate_limits.session_changes_per_minute': 'false' },
  },
  undefined,
  ['--inspect=127.0.0.1:0'],
);
const inspector = await Inspector.open(server.output);
const load = new Program(process.execPath, {
  arguments: [
    ...[main, 'load', `--whip-url=${server.url}/whip/{room}`, `--whep-url=${server.url}/whep/{room}`, '--quiet'],
    ...[`--viewers=${viewers}`, '--join=ramp:3', '--audio', '--workers=1', '--duration=3600'],
  ],
});
try {
  console.log(describeMachine());
  await everybodyCame();
  await delay(warmUpMs);
  const cpuBefore = threadCpuMs();
  await inspector.call('Profiler.enable');
  await inspector.call('Profiler.setSamplingInterval', { interval: samplingIntervalUs });
  await inspector.call('HeapProfiler.startSampling', { samplingInterval: heapSamplingBytes });
  await inspector.call('Profiler.start');
  await delay(Number(seconds) * 1000);
  const { profile } = await inspector.call<{ profile: CpuProfile }>('Profiler.stop');
  const cpuAfter = threadCpuMs();
  const allocations = await inspector.call<{ profile: unknown }>('HeapProfiler.stopSampling');
  keep(profile, allocations.profile);
  await inspector.evaluate(
    `process.getBuiltinModule('node:v8').writeHeapSnapshot(${JSON.stringify(join(folder, 'server.heapsnapshot'))})`,
  );
  report(profile, cpuBefore, cpuAfter);
} finally {
  inspector.close();
  await load.kill();
  await server.stop();
}

async function everybodyCame(): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { total_viewers } = await server.json<{ total_viewers: number }>('/stats');
    if (total_viewers >= Number(viewers)) return;
    await delay(200);
  }
  throw new Error(`The ${viewers} viewers did not come within a minute:\n${load.output}`);
}

function keep(profile: CpuProfile, allocations: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'server.cpuprofile'), JSON.stringify(profile));
  writeFileSync(join(folder, 'server.heapprofile'), JSON.stringify(allocations));
}

/** CPU time of each thread so far, in ms, by its name. */
function threadCpuMs(): Map<string, number> {
  const sums = new Map<string, number>();
  const tasks = `/proc/${server.pid}/task`;
  for (const id of readdirSync(tasks)) {
    const stat = readFileSync(join(tasks, id, 'stat'), 'utf8');
    const name = Number(id) === server.pid ? 'main thread' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // `utime` and `stime`, of which there are 100 in a second.
    sums.set(name, (sums.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) * 10);
  }
  return sums;
}

function report(profile: CpuProfile, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
  const { busyUs, totalUs, groups, functions } = costsOf(profile);
  console.log(`${viewers} viewers, ${seconds} s: main thread busy for ${percent(busyUs, totalUs)} of the time\n`);
  console.log(table('Group', groups, busyUs));
  console.log(`\n${table('Function, by self time', functions.slice(0, topFunctions), busyUs)}`);
  console.log('\nCPU ms by thread');
  const threads = [...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)] as const);
  for (const [name, ms] of threads.toSorted((a, b) => b[1] - a[1])) if (ms > 0) console.log(`  ${ms}  ${name}`);
  console.log(`\nFiles are in ${folder}`);
}

function table(title: string, costs: readonly Cost[], busyUs: number): string {
  const lines = costs.map(({ name, selfUs }) => `  ${percent(selfUs, busyUs).padStart(6)}  ${name}`);
  return [`${title}, in % of busy time`, ...lines].join('\n');
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
