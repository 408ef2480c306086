import { parseArgs } from 'node:util';
import { mean } from './measurements.ts';
import { crowd, roomScenarios } from './room-scenarios.ts';
import { type Outcome, percent, scenarios } from './scenarios.ts';
import type { RoomScenario } from './verdict.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Half an hour with 200 viewers, and nothing else. */
    long: { type: 'boolean', default: false },
    /** Each scenario runs with each of these; of every figure the worst is shown. */
    seeds: { type: 'string', default: '1,2,3' },
  },
});
const seeds = options.seeds.split(',').map(Number);
/** Scenarios whose name has this in it. */
const [filter = ''] = positionals;
const isWanted = ({ name }: { name: string }) => name.includes(filter);

function row(cells: readonly string[]): string {
  const widths = [50, 10, 12, 11, 14];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('');
}

/** Of several runs: the mean estimate, and for the rest what was worst. */
function merge(outcomes: readonly Outcome[]): Outcome {
  return {
    estimate: {
      mean: mean(outcomes.map(({ estimate }) => estimate.mean)),
      low: Math.min(...outcomes.map(({ estimate }) => estimate.low)),
      high: Math.max(...outcomes.map(({ estimate }) => estimate.high)),
    },
    settledSeconds: Math.max(...outcomes.map(({ settledSeconds }) => settledSeconds)),
    queueP95Ms: Math.max(...outcomes.map(({ queueP95Ms }) => queueP95Ms)),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

function show(name: string, { estimate, settledSeconds, queueP95Ms, failures }: Outcome): void {
  const range = `${percent(estimate.low)} to ${percent(estimate.high)}`;
  const settled = Number.isFinite(settledSeconds) ? `${settledSeconds.toFixed(1)} s` : 'never';
  const verdict = failures.length === 0 ? 'pass' : `FAIL: ${failures.join(', ')}`;
  console.log(row([name, percent(estimate.mean), range, settled, `${queueP95Ms.toFixed()} ms`, verdict]));
}

/** Returns how many fail. */
function showEstimates(): number {
  console.log(row(['line (rate, round trip)', 'estimate', 'p5 to p95', 'settled', 'queue p95', 'verdict']));
  let failed = 0;
  for (const scenario of scenarios.filter(isWanted)) {
    const outcome = merge(seeds.map((seed) => scenario.run(seed)));
    show(scenario.name, outcome);
    if (outcome.failures.length > 0) failed += 1;
  }
  return failed;
}

/** Of the seeds, the first that fails is shown, else the last. */
function showRooms(rooms: readonly RoomScenario[], ownSeeds = seeds): number {
  const widths = [50, 60];
  console.log(['room (real router)'.padEnd(widths[0] ?? 0), 'figures'.padEnd(widths[1] ?? 0), 'verdict'].join(''));
  let failed = 0;
  for (const { name, run } of rooms.filter(isWanted)) {
    const outcomes = ownSeeds.map((seed) => run(seed));
    const worst = outcomes.find(({ failures }) => failures.length > 0) ?? outcomes.at(-1);
    const failures = worst?.failures ?? [];
    const verdict = failures.length === 0 ? 'pass' : `FAIL: ${failures.join(', ')}`;
    console.log([name.padEnd(widths[0] ?? 0), (worst?.figures ?? '').padEnd(widths[1] ?? 0), verdict].join(''));
    if (failures.length > 0) failed += 1;
  }
  return failed;
}

const failed = options.long ? showRooms([crowd(200, 1800)], [1]) : showEstimates() + showRooms(roomScenarios);
console.log(failed === 0 ? 'All pass.' : `${failed} fail.`);
process.exitCode = failed === 0 ? 0 : 1;
