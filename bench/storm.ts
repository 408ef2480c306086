/**
 * `make storm` and `make load-limit`: a server in a process of its own, and `bitbasel load` toward it. Further flags are
 * those of `bitbasel load`, and replace these.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './measurement.ts';
import { ServerProcess } from './server-process.ts';

/** A server that has just been started compiles its code, and its heap grows, whoever comes first. */
const warmUp = ['--viewers=50', '--bitrate-kbps=24', '--fps=2', '--duration=2', '--room-prefix=warm-', '--quiet'];
/** Little media, since it is the joins that are measured. Bounds: all within 5 s. */
const storm = [
  '--viewers=1000',
  '--join=storm',
  '--bitrate-kbps=24',
  '--fps=2',
  '--duration=5',
  '--max-connect-ms=5000',
];
/** The server's hot path is compiled when the count begins; see `WARM_UP_FRAMES`. */
const limit = [
  '--ice-controlled',
  '--find-limit',
  '--viewers=50',
  '--join=ramp:4',
  '--bitrate-kbps=1500',
  '--warm-up=8',
  '--duration=10',
];
const maxMemoryPerViewerBytes = 300_000;

const [first, ...rest] = process.argv.slice(2);
const isLimit = first === '--limit';
const flags = isLimit ? [...limit, ...rest] : [...storm, ...process.argv.slice(2)];
const main = fileURLToPath(import.meta.resolve('../packages/server/src/main.ts'));

console.log(describeMachine());
const server = await ServerProcess.start();
const urls = [`--whip-url=${server.url}/whip/{room}`, `--whep-url=${server.url}/whep/{room}`];
await load(warmUp);
const { code, output } = await load([`--server-pid=${server.pid}`, ...flags]);
console.log(output);
server.stop();
const [, kib] = /([\d.]+) KiB a viewer/.exec(output) ?? [];
const isTooLarge = !isLimit && Number(kib) * 1024 > maxMemoryPerViewerBytes;
if (isTooLarge) console.error(`Failed: ${kib} KiB of memory a viewer are more than 300 KB.`);
process.exit(isTooLarge ? 1 : (code ?? 1));

async function load(flags: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main, 'load', ...urls, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code = null]: (number | null)[] = await once(child, 'close');
  return { code, output };
}
