import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

const candidates = [process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox'];

const preferences = {
  // A made-up camera and microphone, and nobody to ask for leave.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  // Made-up devices in use count as devices in use: see seeLoopback().
  'media.navigator.permission.fake': true,
  // The server is on loopback, and nobody here resolves the names that hide addresses.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Plays with sound before any gesture: 0 is "allowed".
  'media.autoplay.default': 0,
  // It waits ever longer, up to a minute, before it tries a WebSocket again that failed: tests would wait with it.
  'network.websocket.delay-failed-reconnects': false,
  // Nothing that calls out.
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/**
 * Debian's Firefox, headless, with a profile of its own that goes with it; driven over WebDriver BiDi.
 * @param others preferences that go before those of all tests
 */
export function launchFirefox(others: Readonly<Record<string, unknown>> = {}): Promise<Browser> {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error('No Firefox found: run `make setup`, or name one in FIREFOX_PATH.');
  }
  const extraPrefsFirefox = { ...preferences, ...others };
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true, extraPrefsFirefox });
}

/**
 * Firefox tells a page the addresses of all interfaces only while the page uses a camera or microphone, else those of
 * the default route alone; and it does not go from there to loopback, where the servers of tests are.
 */
export async function seeLoopback(page: Page): Promise<void> {
  await page.evaluate(
    'navigator.mediaDevices.getUserMedia({ audio: true }).then((stream) => { globalThis.microphoneInUse = stream; })',
  );
}
