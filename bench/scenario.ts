/**
 * One measurement in a process of its own, so that none finds the memory or the compiled code of another:
 * `scenario.ts <name> <viewers> <seconds>` prints a `Measurement` as JSON.
 */
import { type LoopOptions, measureBareTracks, measureTransport } from './bare-loop.ts';
import { measureServer } from './forward.ts';
import type { Measurement } from './measurement.ts';

const scenarios: ReadonlyMap<string, (options: LoopOptions) => Promise<Measurement>> = new Map([
  ['bare', measureBareTracks],
  ['transport', (options) => measureTransport('datachannel', options)],
  ['native', (options) => measureTransport('native', options)],
  ['server', (options) => measureServer('native', options)],
  ['server-datachannel', (options) => measureServer('datachannel', options)],
]);

const [name = '', viewers, seconds] = process.argv.slice(2);
const measure = scenarios.get(name);
if (measure === undefined) throw new Error(`No scenario "${name}": there are ${[...scenarios.keys()].join(', ')}`);
console.log(JSON.stringify(await measure({ viewers: Number(viewers), seconds: Number(seconds) })));
