import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { BrowserTab, TabbedBrowser } from '../support/browser-tab.ts';

const script = resolve(import.meta.dirname, 'sdk-page.js');

/** A tab that uses the SDK, of Chromium unless it is told otherwise; see `sdk-page.js`. */
export class SdkPage<Tab extends BrowserTab = Page> {
  readonly page: Tab;

  private constructor(page: Tab) {
    this.page = page;
  }

  /** @param origin of the server, or another that leads to it */
  static async open<Tab extends BrowserTab>(browser: TabbedBrowser<Tab>, origin: string): Promise<SdkPage<Tab>> {
    const page = await browser.newPage();
    await page.goto(`${origin}/health`);
    await page.addScriptTag({ path: script });
    await page.evaluate('sdk.load()');
    return new SdkPage(page);
  }

  /** Expressions as text: tests are not checked against the types of browsers. */
  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate(expression) as Promise<T>;
  }

  publish(room: string, camera: object = {}, options: object = {}): Promise<void> {
    return this.evaluate(`sdk.publish(${JSON.stringify({ room, camera, options })})`);
  }

  watch(room: string, options: object = {}): Promise<void> {
    return this.evaluate(`sdk.watch(${JSON.stringify({ room, options })})`);
  }

  frames(): Promise<number> {
    return this.evaluate('sdk.viewer.stats().then(({ framesDecoded }) => framesDecoded)');
  }

  /** What the session has told, of one event. */
  async told(who: 'host' | 'viewer', event: string): Promise<unknown[]> {
    const told = await this.evaluate<[string, unknown][]>(`sdk.${who}.told`);
    return told.filter(([name]) => name === event).map(([, detail]) => detail);
  }
}
