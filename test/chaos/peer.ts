/**
 * A host or viewers in a process of their own, made of the load generator's parts, to be killed and stopped:
 * `peer.ts host|viewer SERVER_URL ROOM COUNT [FLAGS OF bitbasel load]`. Prints `here` when all are connected, and then
 * again and again how many packets have come to each viewer.
 */
import { Host } from '../../packages/server/src/load/client/host.ts';
import { Viewer } from '../../packages/server/src/load/client/viewer.ts';
import { prepareMedia } from '../../packages/server/src/load/media/host-media.ts';
import { readLoadOptions } from '../../packages/server/src/load/options.ts';
import { seededRandom } from '../../packages/server/src/load/random.ts';
import { DelayHistogram } from '../../packages/server/src/load/report/histogram.ts';

const tickMs = 10;
const tellIntervalMs = 100;

const [role, serverUrl, room = '', count, ...flags] = process.argv.slice(2);
const urls = ['whip', 'whep'].map((kind) => `--${kind}-url=${serverUrl}/${kind}/{room}`);
const { plan } = readLoadOptions([...urls, ...flags]).run;
const media = prepareMedia(plan.media);
const random = seededRandom(plan.seed);

async function publish(): Promise<void> {
  const host = new Host(room, media, plan, random);
  await host.publish();
  setInterval(() => host.tick(performance.now()), tickMs);
}

async function watch(): Promise<void> {
  const delays = new DelayHistogram();
  const viewers = Array.from({ length: Number(count) }, () => new Viewer({ room, plan, media, random, delays }));
  await Promise.all(viewers.map((viewer) => viewer.join()));
  setInterval(() => {
    for (const viewer of viewers) viewer.tick(performance.now());
  }, tickMs);
  setInterval(() => {
    console.log(`packets ${viewers.map((viewer) => viewer.media.packetsReceived).join(' ')}`);
  }, tellIntervalMs);
}

await (role === 'host' ? publish() : watch());
console.log('here');
