import { expect, it, vi } from 'vitest';
import { OutgoingTrack } from './outgoing-track.ts';

class Track extends EventTarget {
  enabled = true;
}

const track = () => new Track() as unknown as MediaStreamTrack;

function sender() {
  const replaceTrack = vi.fn(async (_track: MediaStreamTrack | null) => {});
  return { replaceTrack, sender: { replaceTrack } as unknown as RTCRtpSender };
}

it('is replaced at its sender, and kept where there is none yet', async () => {
  const outgoing = new OutgoingTrack(() => {});
  const [first, second] = [track(), track()];
  await outgoing.replace(first);
  const connection = sender();
  outgoing.attach(connection.sender);
  await outgoing.replace(first);
  await outgoing.replace(second);
  await outgoing.replace(null);
  expect(connection.replaceTrack.mock.calls).toEqual([[second], [null]]);
  expect(outgoing.track).toBeNull();
});

it('stays muted from track to track, and gives each back as it was', async () => {
  const outgoing = new OutgoingTrack(() => {});
  const [on, off] = [track(), track()];
  off.enabled = false;
  await outgoing.replace(on);
  outgoing.mute(true);
  expect(on.enabled).toBe(false);
  await outgoing.replace(off);
  expect([on.enabled, off.enabled]).toEqual([true, false]);
  outgoing.mute(false);
  expect(off.enabled).toBe(false);
  outgoing.mute(true);
  await outgoing.replace(on);
  outgoing.release();
  expect(on.enabled).toBe(true);
});

it('tells of the end of the track that is sent, and of no other', async () => {
  const onEnded = vi.fn();
  const outgoing = new OutgoingTrack(onEnded);
  const [first, second] = [track(), track()];
  await outgoing.replace(first);
  await outgoing.replace(second);
  first.dispatchEvent(new Event('ended'));
  expect(onEnded).not.toHaveBeenCalled();
  second.dispatchEvent(new Event('ended'));
  expect(onEnded).toHaveBeenCalledTimes(1);
  outgoing.release();
  second.dispatchEvent(new Event('ended'));
  expect(onEnded).toHaveBeenCalledTimes(1);
});
