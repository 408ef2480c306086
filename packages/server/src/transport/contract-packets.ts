/** An RTP packet (RFC 3550, section 5.1) of `size` bytes in all, at least 12. */
export function rtpPacket(sequence: number, size = 200, ssrc = 0x11223344): Buffer {
  const packet = Buffer.alloc(size, sequence & 0xff);
  packet.writeUInt16BE(0x8060, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 3000, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** An empty receiver report (RFC 3550, section 6.4.2), the smallest RTCP packet. */
export function rtcpPacket(): Buffer {
  return Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 7]);
}

/** A STUN binding request (RFC 8489, section 5) for a ufrag that nobody has, without its integrity. */
export function strayStunRequest(): Buffer {
  const username = Buffer.from('nobody12:other123');
  const header = Buffer.alloc(24);
  header.writeUInt16BE(0x0001, 0);
  header.writeUInt16BE(24, 2);
  header.writeUInt32BE(0x2112a442, 4);
  header.writeUInt16BE(0x0006, 20);
  header.writeUInt16BE(username.length, 22);
  return Buffer.concat([header, username, Buffer.alloc(3)]);
}
