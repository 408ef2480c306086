import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { inNamespace } from './namespace.ts';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/**
 * Debian's Chromium, headless, with a made-up camera and microphone, and nothing that calls out.
 * Loopback candidates are not hidden behind mDNS names, which nobody resolves here.
 * @param namespace of the network (`ip netns`) that it is to be in
 */
export async function launchChromium(extraArguments: readonly string[] = [], namespace?: string): Promise<Browser> {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error('No Chromium found: run `make setup`, or name one in CHROMIUM_PATH.');
  }
  if (namespace === undefined) return launch(executablePath, extraArguments);
  // Playwright starts one file: one that takes Chromium's place as soon as it is in the namespace.
  const folder = mkdtempSync(join(tmpdir(), 'bitbasel-chromium-'));
  const wrapper = join(folder, 'chromium');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${inNamespace(namespace).join(' ')} ${executablePath} "$@"\n`, {
    mode: 0o755,
  });
  try {
    return await launch(wrapper, extraArguments);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function launch(executablePath: string, extraArguments: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      // The pages under test share one window: those not in front must not be slowed down.
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
      ...extraArguments,
    ],
  });
}
