import { describe, expect, it } from 'vitest';
import { formatBitrate, formatDelay, formatDuration, formatResolution, formatViewers } from './format.ts';

describe('figures as people read them', () => {
  it('bitrates', () => {
    expect([0, 96_400, 1_483_000].map(formatBitrate)).toEqual(['0 kbps', '96 kbps', '1.48 Mbps']);
  });

  it('resolutions', () => {
    expect(formatResolution(1280, 720)).toBe('1280 × 720');
    expect(formatResolution(0, 0)).toBe('–');
  });

  it('delays', () => {
    expect([null, 183.4, 2380].map(formatDelay)).toEqual(['–', '183 ms', '2.4 s']);
  });

  it('viewers', () => {
    expect([0, 1, 1200].map(formatViewers)).toEqual(['0 viewers', '1 viewer', '1,200 viewers']);
  });

  it('durations', () => {
    const minutes = [0, 12, 75, 3000];
    expect(minutes.map((m) => formatDuration(m * 60_000))).toEqual(['under a minute', '12 min', '1 h', '2 days']);
  });
});
