import type { RemoteTransport } from '../../transport/transport.ts';
import type { ServerDescription, ServerMedia } from './description.ts';
import { sessionLines, transportLines } from './offer.ts';

const known: ReadonlySet<string> = new Set(['VP8', 'H264', 'OPUS']);

/**
 * Answers the offer of a server that refuses ours and makes its own (WHEP, 406): the first format of each m-line that we
 * know; m-lines without one are refused.
 */
export function writeCounterAnswer(offer: ServerDescription, transport: RemoteTransport): string {
  const taken = offer.media.filter((media) => formatOf(media) !== undefined);
  const lines = offer.media.flatMap((media) => {
    const format = formatOf(media);
    if (format === undefined)
      return [`m=${media.kind} 0 UDP/TLS/RTP/SAVPF 0`, 'c=IN IP4 0.0.0.0', `a=mid:${media.mid}`];
    const [payloadType, name] = format;
    return [
      `m=${media.kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
      ...transportLines(media.mid, transport),
      'a=recvonly',
      `a=rtpmap:${payloadType} ${name === 'OPUS' ? 'opus/48000/2' : `${name}/90000`}`,
      ...(media.kind === 'video' ? [`a=rtcp-fb:${payloadType} nack`, `a=rtcp-fb:${payloadType} nack pli`] : []),
    ];
  });
  return `${[...sessionLines(taken.map(({ mid }) => mid)), ...lines].join('\r\n')}\r\n`;
}

function formatOf({ payloadTypes, formats }: ServerMedia): [payloadType: string, name: string] | undefined {
  for (const payloadType of payloadTypes) {
    const name = formats.get(payloadType) ?? '';
    if (known.has(name)) return [payloadType, name];
  }
  return undefined;
}
