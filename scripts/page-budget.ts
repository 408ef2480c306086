/**
 * `make page-budget`: how long the watch page takes on loopback, in a Chromium whose CPU is slowed down. Prints the
 * figures of each load, and fails where the median is over budget. The page's script is one file, as the npm tarball has
 * it.
 *
 *   --loads N      default 5
 *   --throttle N   how many times slower the CPU is; default 4
 *   --modules      the checkout's own pages, module by module, some fifty of them
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { eventually } from '../test/support/eventually.ts';
import { MediaServerProcess } from '../test/support/media-server.ts';
import { SimulcastHost } from '../test/support/simulcast-host.ts';
import { bundlePages } from './package/bundle-pages.ts';

const interactiveBudgetMs = 1_000;
const firstFrameBudgetMs = 500;

const layers = [
  { rid: 'q', height: 180, bitrateBps: 150_000 },
  { rid: 'h', height: 360, bitrateBps: 500_000 },
  { rid: 'f', height: 720, bitrateBps: 1_500_000 },
] as const;

const { values } = parseArgs({
  options: {
    loads: { type: 'string', default: '5' },
    throttle: { type: 'string', default: '4' },
    modules: { type: 'boolean' },
  },
});

interface Load {
  /** From the navigation to a page whose script has run: all that is on it can be used. */
  readonly interactiveMs: number;
  /** From then to the first picture on the screen. */
  readonly firstFrameMs: number;
}

/** Runs in the page before all else: notes when the page shows its handle, and when the first frame is shown. */
const probe = `
  let handle;
  Object.defineProperty(globalThis, 'bitbasel', {
    get: () => handle,
    set(value) {
      handle = value;
      globalThis.interactiveMs = performance.now();
      document.querySelector('bitbasel-player').video.requestVideoFrameCallback(() => {
        globalThis.firstFrameMs = performance.now();
      });
    },
  });`;

async function load(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(probe);
  if (!values.modules)
    await page.route('**/assets/watch.js', (route) => route.fulfill({ path: join(bundles, 'watch.js') }));
  const devTools = await context.newCDPSession(page);
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: Number(values.throttle) });
  await page.goto(url);
  const times = () => page.evaluate<(number | null)[]>('[globalThis.interactiveMs, globalThis.firstFrameMs ?? null]');
  const [interactiveMs, shownMs] = await eventually(times, ([, shown]) => shown !== null, 'the first picture');
  await context.close();
  return { interactiveMs: interactiveMs ?? 0, firstFrameMs: (shownMs ?? 0) - (interactiveMs ?? 0) };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

const root = resolve(import.meta.dirname, '..');
const bundles = mkdtempSync(join(tmpdir(), 'bitbasel-pages-'));
await bundlePages(join(root, 'web'), join(root, 'packages/client/src'), bundles);
const server = await MediaServerProcess.start();
const browser = await launchChromium();
const host = await SimulcastHost.start(`${server.url}/whip/main`, layers);
try {
  const url = `${server.url}/watch/main`;
  // What is slow once, such as the server's stripping of types, is no matter of the page.
  await load(browser, url);
  const loads: Load[] = [];
  while (loads.length < Number(values.loads)) loads.push(await load(browser, url));
  console.table(
    loads.map(({ interactiveMs, firstFrameMs }) => ({
      'interactive ms': Math.round(interactiveMs),
      'first frame ms later': Math.round(firstFrameMs),
    })),
  );
  const interactiveMs = median(loads.map((one) => one.interactiveMs));
  const firstFrameMs = median(loads.map((one) => one.firstFrameMs));
  const isWithin = interactiveMs < interactiveBudgetMs && firstFrameMs < firstFrameBudgetMs;
  console.log(
    `median: interactive after ${Math.round(interactiveMs)} ms (budget ${interactiveBudgetMs}), ` +
      `first frame ${Math.round(firstFrameMs)} ms later (budget ${firstFrameBudgetMs}): ${isWithin ? 'within' : 'OVER'}`,
  );
  process.exitCode = isWithin ? 0 : 1;
} finally {
  host.stop();
  await browser.close();
  await server.stop();
  rmSync(bundles, { recursive: true });
}
