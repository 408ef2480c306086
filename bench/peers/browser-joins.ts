import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../test/support/chromium.ts';
import { monotonicMs } from './generator/monotonic.ts';
import type { RunningPeer, SdpClient } from './peer.ts';

/** In the page: one connection, and the moment when its first whole keyframe was there. */
declare const viewer: {
  offer(): Promise<string>;
  accept(sdp: string): Promise<void>;
  answer(sdp: string): Promise<string>;
  picture(): Promise<void>;
};

const script = `
const pc = new RTCPeerConnection();
const gathered = () => new Promise((resolve) => {
  if (pc.iceGatheringState === 'complete') resolve();
  pc.addEventListener('icegatheringstatechange', () => { if (pc.iceGatheringState === 'complete') resolve(); });
});
const described = async (description) => {
  await pc.setLocalDescription(description);
  await gathered();
  return pc.localDescription.sdp;
};
// A frame counts as received when it can be decoded as far as its references go, so the first one is a keyframe.
const frames = async () => {
  for (const report of (await pc.getStats()).values()) if (report.type === 'inbound-rtp') return report.framesReceived ?? 0;
  return 0;
};
window.viewer = {
  offer: async () => { pc.addTransceiver('video', { direction: 'recvonly' }); return described(await pc.createOffer()); },
  accept: (sdp) => pc.setRemoteDescription({ type: 'answer', sdp }),
  answer: async (sdp) => { await pc.setRemoteDescription({ type: 'offer', sdp }); return described(await pc.createAnswer()); },
  picture: async () => { while ((await frames()) === 0) await new Promise((resolve) => setTimeout(resolve, 5)); },
};
`;

/**
 * Each join brings a keyframe, and servers hold back the next request for up to 2 s. One that came right behind another
 * would always meet that; people come at any time. So the pauses are spread evenly over such an interval.
 */
function pauseMs(index: number): number {
  const goldenRatio = 0.618;
  return 1000 + 2000 * ((index * goldenRatio) % 1);
}

/** Chromium as a viewer who joins, one time after the other; the milliseconds until it has its first picture. */
export async function measureBrowserJoins(server: RunningPeer, count: number): Promise<number[]> {
  const browser = await launchChromium();
  try {
    // The first connection of a browser starts more than that: it does not count.
    await join(browser, server);
    const found: number[] = [];
    for (let i = 0; i < count; i += 1) {
      await delay(pauseMs(i));
      found.push(await join(browser, server));
    }
    return found;
  } finally {
    await browser.close();
  }
}

async function join(browser: Browser, server: RunningPeer): Promise<number> {
  const page = await browser.newPage();
  await page.evaluate(script);
  const startMs = monotonicMs();
  await server.watch(clientOf(page));
  await page.evaluate(() => viewer.picture());
  const joinMs = monotonicMs() - startMs;
  await page.close();
  return joinMs;
}

function clientOf(page: Page): SdpClient {
  return {
    offer: () => page.evaluate(() => viewer.offer()),
    accept: (answer) => page.evaluate((sdp) => viewer.accept(sdp), answer),
    answer: (offer) => page.evaluate((sdp) => viewer.answer(sdp), offer),
  };
}
