import fc from 'fast-check';

/** A datagram for the media port, made when it is known who is there. */
export interface FuzzedDatagram {
  readonly make: (there: There) => Buffer;
}

/** Who is there: the ICE user name of a live connection, and the server's credentials of one on the stage. */
export interface There {
  readonly liveUsername: string;
  readonly ufrag: string;
  readonly pwd: string;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** RFC 7983: DTLS records begin with 20 to 63. Version, epoch, sequence and length, right or not. */
const dtls = fc
  .record({
    type: fc.oneof(fc.constantFrom(20, 21, 22, 23, 24), fc.integer({ min: 20, max: 63 })),
    version: fc.constantFrom(0xfefd, 0xfeff, 0x0303, 0xffff),
    epoch: fc.constantFrom(0, 1, 0xffff),
    length: fc.option(fc.integer({ min: 0, max: 0xffff }), { freq: 3 }),
    body: bytes(1300),
  })
  .map(({ type, version, epoch, length, body }) => {
    const head = Buffer.alloc(13);
    head.writeUInt8(type);
    head.writeUInt16BE(version, 1);
    head.writeUInt16BE(epoch, 3);
    head.writeUInt16BE(length ?? body.length, 11);
    return Buffer.concat([head, body]);
  });

/** RTP and RTCP begin with 128 to 191. */
const rtp = fc
  .record({
    first: fc.integer({ min: 0x80, max: 0xbf }),
    second: fc.oneof(fc.constantFrom(96, 111, 200, 201, 205, 206), fc.integer({ min: 0, max: 255 })),
    rest: bytes(1400),
  })
  .map(({ first, second, rest }) => Buffer.concat([Buffer.from([first, second]), rest]));

/** Two messages in one datagram too. */
const bare = fc.oneof(bytes(1500), dtls, rtp, fc.tuple(dtls, dtls).map(Buffer.concat));

export function datagrams(stun: fc.Arbitrary<FuzzedDatagram>): fc.Arbitrary<readonly FuzzedDatagram[]> {
  const any = fc.oneof(
    { weight: 3, arbitrary: stun },
    bare.map((datagram) => ({ make: () => datagram })),
  );
  return fc.array(any, { minLength: 1, maxLength: 40 });
}
