/**
 * `make storm` and `make load-limit`: a server in a process of its own, and `bitbasel load` toward it. Further flags are
 * those of `bitbasel load`, and replace these.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './measurement.ts';
import { ServerProcess } from './server-process.ts';

/** Little media, since it is the joins that are measured; and one process of viewers, to leave the machine to the server. */
const joins = ['--bitrate-kbps=24', '--fps=2', '--workers=1'];
/** A server that has just been started compiles its code, and its heap grows, whoever comes first. */
const firstViewers = ['--viewers=50', '--duration=2', '--room-prefix=first-', '--quiet', ...joins];
/** What viewers come to join is a server that others have joined before: most of its code is compiled. */
const warmUp = ['--viewers=250', '--duration=2', '--room-prefix=warm-', '--quiet', ...joins];
/** Bounds: all within 5 s. */
const storm = ['--viewers=1000', '--join=storm', '--duration=5', '--max-connect-ms=5000', ...joins];
/** The server's hot path is compiled when the count begins; see `WARM_UP_FRAMES`. */
const limit = ['--find-limit', '--viewers=50', '--join=ramp:4', '--bitrate-kbps=1500', '--warm-up=8', '--duration=10'];
const maxMemoryPerViewerBytes = 300_000;

const [first, ...rest] = process.argv.slice(2);
const isLimit = first === '--limit';
const flags = isLimit ? [...limit, ...rest] : [...storm, ...process.argv.slice(2)];
const main = fileURLToPath(import.meta.resolve('../packages/server/src/main.ts'));

console.log(describeMachine());
const server = await ServerProcess.start();
const urls = [`--whip-url=${server.url}/whip/{room}`, `--whep-url=${server.url}/whep/{room}`];
await load(firstViewers);
const { rssBytes } = await server.usage();
if (!isLimit) await load(warmUp);
const { code, output } = await load([`--server-pid=${server.pid}`, ...flags]);
console.log(output);
server.stop();
const isTooLarge = !isLimit && growsTooMuch();
process.exit(isTooLarge ? 1 : (code ?? 1));

/** What the viewers of the warm-up have left behind is used again, so growth counts from before them. */
function growsTooMuch(): boolean {
  const [, viewers] = /^viewers +(\d+)/m.exec(output) ?? [];
  const [, mebibytes] = /^server memory +([\d.]+) MiB/m.exec(output) ?? [];
  const perViewer = (Number(mebibytes) * 2 ** 20 - rssBytes) / Number(viewers);
  console.log(`memory a viewer       ${(perViewer / 1024).toFixed(1)} KiB, from before the warm-up`);
  // Not a number where the table has changed: that must not pass.
  if (perViewer <= maxMemoryPerViewerBytes) return false;
  console.error('Failed: more than 300 KB of memory a viewer.');
  return true;
}

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
