import { resolve } from 'node:path';
import type { IceServer } from '@bitbasel/protocol';
import type { Page } from 'playwright-core';
import type { BrowserTab, TabbedBrowser } from '../support/browser-tab.ts';

const script = resolve(import.meta.dirname, 'rtc-page.js');

export interface InboundStats {
  readonly framesDecoded: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly totalAudioEnergy: number;
  /** Of audio: samples that were played, and those that were made up for lost ones. */
  readonly totalSamplesReceived?: number;
  readonly concealedSamples?: number;
  readonly silentConcealedSamples?: number;
  readonly totalFreezesDuration: number;
  readonly framesDropped: number;
  /** Milliseconds since 1900 of what is played now, by the sender reports' clock. */
  readonly estimatedPlayoutTimestamp?: number;
  readonly timestamp: number;
}

export interface OutboundStats {
  readonly rid?: string;
  readonly bytesSent: number;
  readonly framesEncoded: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
  readonly targetBitrate?: number;
  readonly timestamp: number;
}

export interface PeerStats {
  readonly transport: { readonly bytesReceived: number; readonly bytesSent: number; readonly dtlsState?: string };
  readonly audioIn?: InboundStats;
  readonly videoIn?: InboundStats;
  readonly videoCodec?: string;
  readonly audioOut?: OutboundStats;
  readonly videoOut: readonly OutboundStats[];
}

export interface Exchange {
  readonly status: number;
  readonly resource?: string;
  readonly answer?: string;
  readonly problem?: { readonly code: string; readonly detail: string };
}

export interface Join {
  readonly firstFrameMs: number;
  readonly liveAfterMs: number;
  readonly keyFramesDecodedAtFirst: number;
  readonly framesDecoded: number;
  readonly pliCount: number;
  readonly nackCount: number;
}

/** As browsers take it. */
export interface RtcConfiguration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy?: 'all' | 'relay';
}

export interface Gathered {
  /** Types of the candidates: `host`, `srflx`, `relay`. */
  readonly candidates: readonly string[];
  readonly errors: readonly { readonly url: string; readonly errorCode: number }[];
}

interface Functions {
  publish: {
    in: {
      name: string;
      url: string;
      codec?: string;
      rids?: string[];
      scalabilityMode?: string;
      mediaPort?: number;
      configuration?: RtcConfiguration;
      video?: object;
    };
    out: Exchange;
  };
  watch: {
    in: {
      name: string;
      url: string;
      codec?: string;
      audioCodecs?: string[];
      descriptors?: boolean;
      mediaPort?: number;
      configuration?: RtcConfiguration;
    };
    out: Exchange;
  };
  gather: { in: { configuration: RtcConfiguration }; out: Gathered };
  publishTones: { in: { name: string; url: string; leftHz: number; rightHz: number }; out: Exchange };
  listenWithSdk: { in: { room: string }; out: undefined };
  loudest: { in: { name: string }; out: number[] };
  recordFrames: { in: { name: string }; out: undefined };
  longestGap: { in: { name: string }; out: number };
  join: { in: { url: string }; out: Join };
  signal: {
    in: { name: string; url: string; messages: object[]; publish?: boolean; offer?: boolean };
    out: undefined;
  };
  host: { in: { name: string; url: string; userId: string; width: number; height: number }; out: undefined };
  sound: { in: { name: string; on: boolean }; out: undefined };
  videos: { in: { name: string }; out: { mid: string; frameWidth: number; framesDecoded: number }[] };
  send: { in: { name: string; message: object }; out: undefined };
  messages: { in: { name: string }; out: { type: string; [key: string]: unknown }[] };
  state: { in: { name: string }; out: string };
  recordStates: { in: { name: string }; out: undefined };
  recordedStates: { in: { name: string }; out: string[] };
  leave: { in: { name: string }; out: number };
  stats: { in: { name: string }; out: PeerStats };
}

/** A tab with WebRTC peers in it, of Chromium unless it is told otherwise; see `rtc-page.js` for what the functions do. */
export class RtcPage<Tab extends BrowserTab = Page> {
  readonly page: Tab;

  private constructor(page: Tab) {
    this.page = page;
  }

  /** The page must be of the server's, so that the camera is allowed and requests are not cross-origin. */
  static async open<Tab extends BrowserTab>(browser: TabbedBrowser<Tab>, origin: string): Promise<RtcPage<Tab>> {
    const page = await browser.newPage();
    await page.goto(`${origin}/health`);
    await page.addScriptTag({ path: script });
    return new RtcPage(page);
  }

  call<Name extends keyof Functions>(name: Name, argument: Functions[Name]['in']): Promise<Functions[Name]['out']> {
    return this.page.evaluate(`rtc.${name}(${JSON.stringify(argument)})`) as Promise<Functions[Name]['out']>;
  }

  stats(name: string): Promise<PeerStats> {
    return this.call('stats', { name });
  }

  /** Ends the tab's process without a word to anyone. */
  async crash(this: RtcPage): Promise<void> {
    const crashed = this.page.waitForEvent('crash');
    const session = await this.page.context().newCDPSession(this.page);
    session.send('Page.crash').catch(() => {});
    await crashed;
  }
}
