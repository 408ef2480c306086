/**
 * The host's count of its packets, at the end of each payload, where no server rewrites it: so a packet is known at a
 * viewer whatever became of its sequence number.
 */
const numberLength = 4;

export function writePacketNumber(packet: Buffer, number: number): void {
  packet.writeUInt32BE(number >>> 0, packet.length - numberLength);
}

export function readPacketNumber(packet: Buffer): number {
  return packet.readUInt32BE(packet.length - numberLength);
}
