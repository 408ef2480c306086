/**
 * `make bench`: measures every scenario with every number of viewers, in turn and some rounds over, since machines are
 * shared and noisy: what counts is the ratio to the bare loop of the same round. Prints a table, or JSON with `--json`.
 *
 *   --scenarios  of those in scenario.ts; default: the bare loop of node-datachannel, that of the native transport, and the
 *                whole server over the latter
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { describeMachine, formatTable, type Measurement, summarize } from './measurement.ts';

const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: 'bare,native,server' },
    viewers: { type: 'string', default: '50,100,200' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

const scenarioFile = fileURLToPath(import.meta.resolve('./scenario.ts'));
const measurements: Measurement[][] = [];
for (const viewers of values.viewers.split(',')) {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const found: Measurement[] = [];
    for (const scenario of values.scenarios.split(',')) {
      const { stdout } = await promisify(execFile)(process.execPath, [scenarioFile, scenario, viewers, values.seconds]);
      found.push(JSON.parse(stdout));
    }
    measurements.push(found);
  }
}
const machine = describeMachine();
const summary = summarize(measurements);
console.log(
  values.json ? JSON.stringify({ machine, summary, measurements }, null, 2) : `${machine}\n\n${formatTable(summary)}`,
);
