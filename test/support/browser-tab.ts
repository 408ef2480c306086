/** A tab of whichever browser: what Playwright's pages (Chromium) and Puppeteer's (Firefox) have in common. */
export interface BrowserTab {
  goto(url: string): Promise<unknown>;
  addScriptTag(options: { path: string }): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface TabbedBrowser<Tab extends BrowserTab> {
  newPage(): Promise<Tab>;
}
