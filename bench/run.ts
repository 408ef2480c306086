/** `make bench`: measures every scenario with every number of viewers, and prints a table, or JSON with `--json`. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { describeMachine, formatTable, type Measurement } from './measurement.ts';

const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: 'bare,transport,forward' },
    viewers: { type: 'string', default: '50,100,200' },
    seconds: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});

const scenarioFile = fileURLToPath(import.meta.resolve('./scenario.ts'));
const measurements: Measurement[] = [];
for (const viewers of values.viewers.split(',')) {
  for (const scenario of values.scenarios.split(',')) {
    const { stdout } = await promisify(execFile)(process.execPath, [scenarioFile, scenario, viewers, values.seconds]);
    measurements.push(JSON.parse(stdout));
  }
}
const machine = describeMachine();
console.log(
  values.json ? JSON.stringify({ machine, measurements }, null, 2) : `${machine}\n\n${formatTable(measurements)}`,
);
