import type { HostView } from '@bitbasel/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HostStreams } from './host-streams.ts';

/** As browsers have it: a set of tracks. */
class FakeStream {
  readonly tracks = new Set<string>();
  getTracks(): string[] {
    return [...this.tracks];
  }
  addTrack(track: string): void {
    this.tracks.add(track);
  }
  removeTrack(track: string): void {
    this.tracks.delete(track);
  }
}

beforeEach(() => vi.stubGlobal('MediaStream', FakeStream));
afterEach(() => vi.unstubAllGlobals());

const transceivers = ['0', '1', '2', '3'].map((mid) => ({ mid, receiver: { track: `track ${mid}` } }));
const peer = { getTransceivers: () => transceivers } as unknown as RTCPeerConnection;

function view(user_id: string, is_main: boolean, audio_mid: string | null, video_mid: string | null): HostView {
  const session = { session_id: user_id, live_since: '2026-01-01T00:00:00Z' };
  return { ...session, user_id, is_main, audio: true, video: true, audio_mid, video_mid };
}

function shownBy(streams: HostStreams, hosts: HostView[]) {
  return streams.show(peer, hosts).map(({ userId, stream }) => [userId, stream?.getTracks() ?? null]);
}

it('gives the main host the first stream and each other one its own, the same as long as it is there', () => {
  const streams = new HostStreams(new MediaStream());
  const hosts = [view('ann', true, '0', '1'), view('bob', false, '2', '3')];
  const [ann, bob] = streams.show(peer, hosts);
  expect(ann?.stream).toBe(streams.main);
  expect(bob?.stream).not.toBe(streams.main);
  expect(bob?.stream?.getTracks()).toEqual(['track 2', 'track 3']);
  expect(streams.show(peer, hosts)[1]?.stream).toBe(bob?.stream);
});

it('puts whoever is shown into the first stream where the main host is not', () => {
  const streams = new HostStreams(new MediaStream());
  expect(shownBy(streams, [view('ann', true, null, null), view('bob', false, '0', '1')])).toEqual([
    ['ann', null],
    ['bob', ['track 0', 'track 1']],
  ]);
  expect(streams.main.getTracks()).toEqual(['track 0', 'track 1']);
});

it('moves the tracks of one who becomes the main host', () => {
  const streams = new HostStreams(new MediaStream());
  streams.show(peer, [view('ann', true, '0', '1'), view('bob', false, '2', '3')]);
  expect(shownBy(streams, [view('bob', true, '2', '3')])).toEqual([['bob', ['track 2', 'track 3']]]);
  expect(streams.main.getTracks()).toEqual(['track 2', 'track 3']);
});
