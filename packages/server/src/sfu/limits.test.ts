import { describe, expect, it } from 'vitest';
import { SyntheticVp8 } from '../../../../test/support/synthetic-stream.ts';
import { LayerWatch } from '../rooms/layer-watch.ts';
import { isRtcp } from '../rtp/packet.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters, SendTrackParameters } from '../rtp/parameters.ts';
import { NullBandwidthEstimator } from './bwe/bandwidth-estimator.ts';
import type { MediaLimits } from './layers/layer-caps.ts';
import { Router } from './router.ts';
import type { Viewer } from './viewer.ts';

const noExtensions: ExtensionIds = {
  ...{ mid: 0, rid: 0, repairedRid: 0, transportCc: 0, absSendTime: 0, audioLevel: 0, videoOrientation: 0 },
  dependencyDescriptor: 0,
};
const feedback: Feedback = { nack: true, pli: true, fir: true, transportCc: false, remb: false };
const vp8 = { name: 'VP8', clockRate: 90_000, fmtp: {} } as const;
const hostVideo: ReceiveTrackParameters = {
  ...{ kind: 'video', mid: '1', codec: vp8, payloadType: 96, feedback, extensions: noExtensions },
  encodings: [
    { rid: 'q', ssrc: 1 },
    { rid: 'f', ssrc: 2 },
  ],
};
const viewerVideo: SendTrackParameters = {
  ...{ kind: 'video', mid: '1', ssrc: 9, rtxSsrc: 0, cname: 'room', feedback, extensions: noExtensions },
  codecs: [{ codec: vp8, payloadType: 120 }],
};

/** A host of 180p (q) and 720p (f) with a keyframe each second, and one viewer on a line that carries all. */
class Room {
  readonly viewer: Viewer;
  readonly notices: string[] = [];
  readonly router = new Router({ createEstimator: () => new NullBandwidthEstimator(50e6) });
  packetsToViewer = 0;
  readonly #watch = new LayerWatch();
  readonly #publisher;
  readonly #layers = [180, 720].map(
    (height, index) =>
      new SyntheticVp8({
        ...{ ssrc: index + 1, width: (height * 16) / 9, height, keyframeInterval: 30 },
        packetsPerFrame: index === 0 ? 1 : 6,
      }),
  );
  #nowUs = 1_700_000_000_000_000;

  constructor(limits: { host?: MediaLimits; viewer?: MediaLimits }) {
    const options = { maxBitrateBps: 5e6, limits: limits.host ?? {} };
    this.#publisher = this.router.publish({ send: () => true }, [hostVideo], options);
    const send = (packet: Buffer) => {
      if (!isRtcp(packet)) this.packetsToViewer += 1;
      return true;
    };
    this.viewer = this.router.subscribe({ send }, [viewerVideo], this.#nowUs, limits.viewer);
  }

  run(seconds: number): void {
    for (let frame = 0; frame < seconds * 30; frame += 1) {
      for (const layer of this.#layers) {
        for (const packet of layer.nextFrame()) this.#publisher.receive(packet, this.#nowUs);
      }
      this.#nowUs += 1e6 / 30;
      this.router.tick(this.#nowUs);
      const notice = this.#watch.update(this.viewer);
      if (notice !== undefined) this.notices.push(`${notice.rid} ${notice.height} ${notice.paused} ${notice.reason}`);
    }
  }

  get height(): number | undefined {
    return this.viewer.downstreams[0]?.source?.height;
  }

  get warnings(): string[] {
    return this.#publisher.warnings.map(({ code, rid }) => `${code} ${rid}`);
  }
}

describe("a viewer's token", () => {
  it('keeps it below a height, whatever it chooses, and says why', () => {
    const room = new Room({ viewer: { maxHeight: 360 } });
    room.run(5);
    expect(room.height).toBe(180);
    room.viewer.want({ rid: 'f' });
    room.run(5);
    expect(room.height).toBe(180);
    expect(room.notices.at(-1)).toBe('q 180 false limit');
  });
});

describe("a viewer's wish", () => {
  it('is sent until it has another, from a keyframe on', () => {
    const room = new Room({});
    room.run(5);
    expect(room.notices.at(-1)).toBe('f 720 false best');
    room.viewer.want({ visibleWidth: 300, visibleHeight: 170 });
    room.run(2);
    expect(room.notices.at(-1)).toBe('q 180 false wish');
    room.viewer.want({});
    room.run(5);
    expect(room.notices.at(-1)).toBe('f 720 false best');
  });

  it('for no video is kept to, and the picture comes back', () => {
    const room = new Room({});
    room.run(5);
    room.viewer.want({}, true);
    room.run(0.2);
    const before = room.packetsToViewer;
    room.run(3);
    expect(room.packetsToViewer).toBe(before);
    expect(room.notices.at(-1)).toBe('null 0 true wish');
    room.viewer.want({});
    room.run(3);
    expect(room.packetsToViewer).toBeGreaterThan(before + 100);
    expect(room.notices.at(-1)).toBe('f 720 false best');
  });
});

describe("a host's token", () => {
  it('keeps a layer that is too high from viewers, from its first packet on, and warns the host', () => {
    const room = new Room({ host: { maxHeight: 360 } });
    room.run(5);
    expect(room.height).toBe(180);
    expect(room.notices.map((notice) => notice.split(' ')[0])).not.toContain('f');
    expect(room.warnings).toContain('above-limit f');
  });

  it('keeps a layer of far too many bits from viewers, and lets the others be', () => {
    const room = new Room({ host: { maxBitrateBps: 600_000 } });
    room.run(5);
    expect(room.height).toBe(180);
    expect(room.warnings).toContain('above-limit f');
    expect(room.warnings).not.toContain('above-limit q');
  });

  it('that allows all it sends changes nothing', () => {
    const room = new Room({ host: { maxHeight: 720, maxBitrateBps: 2e6, maxFramerate: 30 } });
    room.run(5);
    expect(room.height).toBe(720);
    expect(room.warnings.filter((warning) => warning.startsWith('above-limit'))).toEqual([]);
  });
});
