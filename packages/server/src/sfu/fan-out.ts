import type { OutgoingPacket } from './outgoing-packet.ts';
import type { Source } from './source.ts';

/**
 * Sends the packet that a source has just taken in to all downstreams it feeds, those first that begin with it.
 * `packet` is overwritten where a downstream begins at a keyframe whose later packets came before it.
 */
export function fanOut(source: Source, packet: OutgoingPacket, nowUs: number): void {
  const beginsHere = source.waiting.length > 0 && (source.kind === 'audio' || packet.payload.keyframeStart);
  const firstNew = source.downstreams.length;
  if (beginsHere) admitWaiting(source, packet);
  const { downstreams } = source;
  for (let index = 0; index < downstreams.length; index += 1) downstreams[index]?.offer(packet);
  if (beginsHere && packet.extendedSequence < source.highestSequence) replayLater(source, packet, firstNew, nowUs);
}

function admitWaiting(source: Source, packet: OutgoingPacket): void {
  // Taken out first: one that was paused on this same source leaves its list while this goes through it.
  for (const downstream of source.waiting.splice(0)) {
    downstream.source?.release(downstream);
    downstream.switchTo(source, packet);
    source.downstreams.push(downstream);
  }
  // Those who waited had asked for this keyframe.
  source.keyframes.onKeyframe();
}

/** The keyframe's first packet came after some that follow it: those have missed the downstreams that begin here. */
function replayLater(source: Source, packet: OutgoingPacket, firstNew: number, nowUs: number): void {
  const first = packet.extendedSequence + 1;
  for (let sequence = first; sequence <= source.highestSequence; sequence += 1) {
    if (source.recall(sequence, packet, nowUs) === 0) continue;
    for (let index = firstNew; index < source.downstreams.length; index += 1) source.downstreams[index]?.offer(packet);
  }
}
