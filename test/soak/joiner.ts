/**
 * A host and viewers who join and leave, from a process of their own, made of the load generator's parts:
 * `joiner.ts SERVER_URL ROOM JOINS AT_ONCE` prints what came of it as JSON.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Host } from '../../packages/server/src/load/client/host.ts';
import { Viewer } from '../../packages/server/src/load/client/viewer.ts';
import { prepareMedia } from '../../packages/server/src/load/media/host-media.ts';
import { readLoadOptions } from '../../packages/server/src/load/options.ts';
import { seededRandom } from '../../packages/server/src/load/random.ts';
import { DelayHistogram } from '../../packages/server/src/load/report/histogram.ts';

const hostTickMs = 10;
const viewerTickMs = 20;
/** Viewers that leave at once would never see packets; those that stay long make the soak long. */
const longestStayMs = 400;
/** A viewer in so many goes without a word, as a client that crashes: the server has to find out. */
const vanishesEvery = 50;

const [serverUrl, room = '', joins, atOnce] = process.argv.slice(2);
const urls = ['whip', 'whep'].map((kind) => `--${kind}-url=${serverUrl}/${kind}/{room}`);
const { plan } = readLoadOptions([...urls, '--bitrate-kbps=300', '--fps=15', '--audio', '--loss=1%']).run;
const media = prepareMedia(plan.media);
const random = seededRandom(plan.seed);
const delays = new DelayHistogram();
const errors: Record<string, number> = {};
const present = new Set<Viewer>();
let [begun, connected, withMedia] = [0, 0, 0];

const host = new Host(room, media, plan, random);
await host.publish();
setInterval(() => host.tick(performance.now()), hostTickMs);
setInterval(() => {
  for (const viewer of present) viewer.tick(performance.now());
}, viewerTickMs);

async function joinAndLeave(number: number): Promise<void> {
  const viewer = new Viewer({ room, plan, media, random, delays });
  try {
    await viewer.join();
    connected += 1;
    present.add(viewer);
    await delay(longestStayMs * random());
    present.delete(viewer);
    if (viewer.media.packetsReceived > 0) withMedia += 1;
    if (number % vanishesEvery !== 0) await viewer.leave();
  } catch (error) {
    const kind = error instanceof Error ? error.message.slice(0, 80) : String(error);
    errors[kind] = (errors[kind] ?? 0) + 1;
  }
}

async function keepJoining(): Promise<void> {
  while (begun < Number(joins)) {
    begun += 1;
    await joinAndLeave(begun);
  }
}

await Promise.all(Array.from({ length: Number(atOnce) }, keepJoining));
await host.leave();
console.log(JSON.stringify({ joins: begun, connected, withMedia, errors }));
process.exit();
