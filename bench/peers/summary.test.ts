import { expect, it } from 'vitest';
import { capacityChart, cpuChart, joinChart } from './charts.ts';
import type { PeerMeasurement } from './measure.ts';
import type { Results, Round } from './results.ts';
import { summarize } from './summary.ts';
import { capacityTable, cpuTable, markdown, plain, viewerTable } from './tables.ts';

function peer(name: string, userUsPerPacket: number, joinMs: number[]): PeerMeasurement {
  return {
    name,
    viewers: 50,
    userUsPerPacket,
    systemUsPerPacket: 2,
    cores: 0.1,
    lossRatio: 0.25,
    worstLossRatio: 0.5,
    connectAllMs: 100,
    picturesAllMs: 200,
    connectCpuMs: 3,
    memoryPerViewerBytes: 2048,
    joinMs,
    viewersCores: 0.1,
  };
}

function round(ours: number, other: number, bareUs: number): Round {
  const bare = { ...peer('bare tracks', bareUs, []), packetsSent: 1, lossRatio: 0 };
  const inC = { name: 'C', viewers: 50, userUsPerPacket: 1, systemUsPerPacket: 1, lossRatio: 0 };
  const peers = [peer('BitBasel', ours, [10, 30]), peer('Other', other, [5])];
  return { viewers: 50, bare, floor: [inC], peers, failures: [] };
}

const results: Results = {
  machine: 'a machine',
  date: '2026-01-01',
  loadBefore: 0,
  loadAfter: 0,
  command: 'make peers',
  seconds: 10,
  warmUpSeconds: 12,
  peers: [],
  unavailable: [],
  rounds: [round(4, 10, 1), round(8, 2, 1), round(6, 7, 4)],
  capacities: [{ name: 'BitBasel', viewers: 75, cores: 1, viewersCores: 0.5, end: '100 viewers: 1.00 % lost' }],
};

it('takes medians over the rounds, and ratios within each of them, the cheapest peer first', () => {
  const rows = summarize(results);
  expect(rows.map(({ name }) => name)).toEqual(['C', 'bare loop', 'BitBasel', 'Other']);
  expect(rows[2]).toMatchObject({ cpuUs: 8, toOurs: 1, toBare: 2, joinMs: { least: 10, median: 20, most: 30 } });
  // 12/6, 4/10 and 9/8 of ours.
  expect(rows[3]).toMatchObject({ cpuUs: 9, toOurs: 9 / 8, lossRatio: 0.25, joinMs: { median: 5 } });
  expect(rows[0]?.joinMs).toBeUndefined();
});

it('writes the same figures for a terminal, for a document and as charts', () => {
  const rows = summarize(results);
  expect(plain(cpuTable(rows))).toMatch(/^Other +50 +9\.00 +7\.00 +2\.00 +1\.13 +\S+ +25\.00 % +50\.00 %$/m);
  expect(markdown(viewerTable(rows))).toContain(
    '| BitBasel | 50 | 100 ms | 200 ms | 3.0 ms | 2 KiB | 20 ms | 10 to 30 ms |',
  );
  expect(plain(capacityTable(results.capacities))).toContain('100 viewers: 1.00 % lost');
  for (const svg of [cpuChart(rows, 50), joinChart(rows, 50), capacityChart(results.capacities)]) {
    expect(svg).toMatch(/^<svg [\s\S]*BitBasel[\s\S]*<\/svg>\n$/);
  }
});
