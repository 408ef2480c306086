/**
 * What the generator writes into the last bytes of each synthetic packet, which no server looks at: so a viewer knows
 * how many of the host's packets it should have had, also where a server left some out and closed the gap in the
 * sequence numbers, and how long each was on its way.
 */
export interface Trace {
  layer: number;
  /** Of the packet among those of its layer. */
  index: number;
  /** `wallClockMs` of the host's process. */
  sentMs: number;
}

export const traceLength = 20;
const magic = 0x10ad_7ace;

/** Milliseconds since 1970 with fractions: comparable between the processes of a machine. */
export function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}

export function writeTrace(packet: Buffer, layer: number, index: number, sentMs: number): void {
  const at = packet.length - traceLength;
  packet.writeUInt32BE(magic, at);
  packet.writeUInt32BE(layer, at + 4);
  packet.writeUInt32BE(index, at + 8);
  packet.writeDoubleBE(sentMs, at + 12);
}

/** Reads the trace that ends at `end` of the packet. Returns false where there is none; never throws. */
export function readTrace(packet: Buffer, end: number, out: Trace): boolean {
  const at = end - traceLength;
  if (at < 0 || end > packet.length || packet.readUInt32BE(at) !== magic) return false;
  out.layer = packet.readUInt32BE(at + 4);
  out.index = packet.readUInt32BE(at + 8);
  out.sentMs = packet.readDoubleBE(at + 12);
  return true;
}
