import { type MediaDescription, parseParams } from 'sdp-transform';
import type { Direction, RemoteCodec, RemoteExtension } from './description.ts';
import { integer, malformed } from './parse-values.ts';

/** The formats of the m-line that have an `a=rtpmap`, in order; `rtx` and `red` are folded into the codec that they repeat. */
export function parseCodecs(section: MediaDescription): RemoteCodec[] {
  const codecs = new Map<number, RemoteCodec>();
  for (const format of String(section.payloads ?? '').split(' ')) {
    if (format === '') continue;
    const payloadType = integer(format, 0, 127, 'payload type');
    const codec = codecs.has(payloadType) ? undefined : parseCodec(section, payloadType);
    if (codec) codecs.set(payloadType, codec);
  }
  const rtxByApt = new Map<string, number>();
  for (const { name, fmtp, payloadType } of codecs.values()) {
    if (name.toLowerCase() === 'rtx' && fmtp.apt !== undefined) rtxByApt.set(fmtp.apt, payloadType);
  }
  return [...codecs.values()]
    .filter(({ name }) => name.toLowerCase() !== 'rtx')
    .map((codec) => {
      const rtxPayloadType = rtxByApt.get(String(codec.payloadType));
      const redPayloadType = redFor(codec, codecs, section);
      return {
        ...codec,
        ...(rtxPayloadType !== undefined && { rtxPayloadType }),
        ...(redPayloadType !== undefined && { redPayloadType }),
      };
    });
}

/** The `red` whose blocks are all of this codec: its parameter is the list of their payload types (RFC 2198, section 5). */
function redFor(
  { payloadType, clockRate }: RemoteCodec,
  codecs: ReadonlyMap<number, RemoteCodec>,
  section: MediaDescription,
): number | undefined {
  const red = section.fmtp.find(({ payload, config }) => {
    const candidate = codecs.get(payload);
    if (candidate?.name.toLowerCase() !== 'red' || candidate.clockRate !== clockRate) return false;
    const blocks = String(config).split('/');
    return blocks.length > 1 && blocks.every((block) => block.trim() === String(payloadType));
  });
  return red?.payload;
}

function parseCodec(section: MediaDescription, payloadType: number): RemoteCodec | undefined {
  const map = section.rtp.find(({ payload }) => payload === payloadType);
  if (map?.rate === undefined) return undefined;
  return {
    payloadType,
    name: String(map.codec),
    clockRate: integer(map.rate, 1, 0xffff_ffff, 'clock rate of a=rtpmap'),
    ...(map.encoding !== undefined && { channels: integer(map.encoding, 1, 255, 'channels of a=rtpmap') }),
    fmtp: parseFmtp(section.fmtp.find(({ payload }) => payload === payloadType)?.config),
    feedback: (section.rtcpFb ?? [])
      .filter(({ payload }) => payload === payloadType || payload === '*')
      .map(({ type, subtype }) => (subtype === undefined ? String(type) : `${type} ${subtype}`)),
  };
}

/** Parameters that are not `name=value` (the `111/111` of RED) are left out here. */
function parseFmtp(config: unknown): Record<string, string> {
  const pairs = Object.entries(parseParams(String(config ?? '')));
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name.trim().toLowerCase(), String(value).trim()]])),
  );
}

/** Largest id that a one-byte header carries (RFC 8285, section 4.2); above it lie ids of two-byte headers. */
const maxOneByteId = 14;

export function parseExtensions(lines: NonNullable<MediaDescription['ext']>): RemoteExtension[] {
  const extensions = lines
    .map((line) => ({ line, id: integer(line.value, 0, 65_535, 'id of a=extmap') }))
    // Id 0 is padding; encrypted extensions (RFC 6904) we could not read.
    .filter(({ line, id }) => id >= 1 && id <= maxOneByteId && line['encrypt-uri'] === undefined)
    .map(({ line, id }) => ({ id, uri: String(line.uri), direction: extensionDirection(line.direction) }));
  if (new Set(extensions.map(({ id }) => id)).size !== extensions.length) {
    throw malformed('two a=extmap of one m-line have the same id');
  }
  return extensions;
}

function extensionDirection(word: string | undefined): Direction {
  if (word === undefined) return 'sendrecv';
  if (word === 'sendrecv' || word === 'sendonly' || word === 'recvonly' || word === 'inactive') return word;
  throw malformed(`"${word}" is not a direction of a=extmap`);
}
