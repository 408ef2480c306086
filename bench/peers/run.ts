/**
 * `make peers`: this server and others, one after the other, on the same machine and under the same load. Prints tables;
 * `--json FILE` writes all that was found, `--out FOLDER` also tables and charts for the documents.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { describeMachine, type Measurement } from '../measurement.ts';
import { type Capacity, findCapacity } from './capacity.ts';
import { writeDocument } from './document.ts';
import { Floor } from './floor.ts';
import { measurePeer, type PeerMeasurement } from './measure.ts';
import { canMakeNamespace, isInNamespace, runInNamespace } from './network.ts';
import { type Peer, Unavailable } from './peer.ts';
import { findPeer, peerNames } from './peers.ts';
import type { Results, Round } from './results.ts';
import { summarize } from './summary.ts';
import { capacityTable, cpuTable, plain, viewerTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: peerNames.join(',') },
    viewers: { type: 'string', default: '50,100' },
    seconds: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '12' },
    joins: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    /** Also the most viewers that each holds: some minutes for each. */
    capacity: { type: 'boolean', default: false },
    /** Where that search ends at the latest. */
    most: { type: 'string', default: '1000' },
    /** What is measured beside the servers: the bare loop of this transport, and the limit in C. */
    floor: { type: 'string', default: 'bare,c' },
    json: { type: 'string' },
    out: { type: 'string' },
    /** Shows, or writes to `--out`, what an earlier run wrote with `--json`. */
    from: { type: 'string' },
  },
});

const scenarioFile = fileURLToPath(import.meta.resolve('../scenario.ts'));
const seconds = Number(values.seconds);
const warmUpSeconds = Number(values['warm-up']);
const joins = Number(values.joins);
const floors = new Set(values.floor.split(','));

if (values.from !== undefined) await report(JSON.parse(await readFile(values.from, 'utf8')));
else if (isInNamespace()) await report(await measureAll());
else process.exitCode = await prepareAndEnter();
// Native sockets and long polls may still be open.
process.exit();

/** What has to be fetched is fetched here: the namespace leads nowhere. */
async function prepareAndEnter(): Promise<number> {
  for (const peer of values.peers.split(',').map(findPeer)) {
    progress(`preparing ${peer.name}`);
    await peer.prepare().catch(ignoreUnavailable);
  }
  if (await canMakeNamespace()) return await runInNamespace(process.argv.slice(1));
  await report(await measureAll());
  return 0;
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}

async function measureAll(): Promise<Results> {
  const loadBefore = loadavg()[0] ?? 0;
  const available: { peer: Peer; version: string }[] = [];
  const unavailable: { name: string; reason: string }[] = [];
  const unavailableBecause = (name: string) => (error: unknown) => {
    ignoreUnavailable(error);
    unavailable.push({ name, reason: String((error as Error).message) });
    return undefined;
  };
  for (const peer of values.peers.split(',').map(findPeer)) {
    const version = await peer.prepare().catch(unavailableBecause(peer.name));
    if (version !== undefined) available.push({ peer, version });
  }
  const floor = !floors.has('c') ? undefined : await Floor.build().catch(unavailableBecause('the floor in C'));
  const peers = available.map(({ peer }) => peer);
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const viewers of values.viewers.split(',').map(Number)) rounds.push(await measureRound(peers, viewers, floor));
  }
  const capacities: Capacity[] = [];
  if (values.capacity) {
    for (const peer of peers) {
      progress(`${peer.name}: the most viewers`);
      capacities.push(await findCapacity(peer, Number(values.most)));
    }
  }
  return {
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
    loadBefore,
    loadAfter: loadavg()[0] ?? 0,
    command: ['make peers', ...(process.argv.length > 2 ? [`ARGS="${process.argv.slice(2).join(' ')}"`] : [])].join(
      ' ',
    ),
    seconds,
    warmUpSeconds,
    peers: available.map(({ peer: { name, setting }, version }) => ({ name, version, setting })),
    unavailable,
    rounds,
    capacities,
  };
}

/** Ours and the others in turn, so that what disturbs the machine disturbs all. */
async function measureRound(peers: readonly Peer[], viewers: number, floor: Floor | undefined): Promise<Round> {
  const measured: PeerMeasurement[] = [];
  const failures: { name: string; reason: string }[] = [];
  let bare: Measurement | undefined;
  if (floors.has('bare')) {
    progress(`bare loop, ${viewers} viewers`);
    const command = [scenarioFile, 'bare', String(viewers), String(seconds)];
    bare = JSON.parse((await promisify(execFile)(process.execPath, command)).stdout);
  }
  const inC = (await floor?.measure(viewers, seconds)) ?? [];
  for (const peer of peers) {
    progress(`${peer.name}, ${viewers} viewers`);
    try {
      measured.push(await measurePeer(peer, { viewers, warmUpSeconds, seconds, joins }));
    } catch (error) {
      failures.push({ name: peer.name, reason: String((error as Error).message) });
    }
  }
  return { viewers, bare, floor: inC, peers: measured, failures };
}

async function report(results: Results): Promise<void> {
  const rows = summarize(results);
  console.log(
    `\n${results.machine}; load before ${results.loadBefore.toFixed(2)}, after ${results.loadAfter.toFixed(2)}`,
  );
  for (const { name, version, setting } of results.peers) console.log(`${name} ${version}: ${setting}`);
  for (const { name, reason } of results.unavailable) console.log(`${name} was not measured: ${reason}`);
  for (const { viewers, failures } of results.rounds) {
    for (const { name, reason } of failures) console.log(`${name} failed with ${viewers} viewers: ${reason}`);
  }
  console.log(`\n${plain(cpuTable(rows))}\n\n${plain(viewerTable(rows))}`);
  if (results.capacities.length > 0) console.log(`\n${plain(capacityTable(results.capacities))}`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  if (values.out !== undefined) await writeDocument(values.out, results);
}

function progress(text: string): void {
  process.stderr.write(`peers: ${text}\n`);
}
