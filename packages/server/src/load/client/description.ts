import type { Fingerprint, IceCredentials, LocalCandidate, LocalTransport } from '../../transport/transport.ts';

/** What a server said that cannot be used. */
export class DescriptionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DescriptionError';
  }
}

/** One m-line of a server's description. */
export interface ServerMedia {
  readonly kind: string;
  readonly mid: string;
  readonly payloadTypes: readonly string[];
  /** Upper-case name of a format, by payload type. */
  readonly formats: ReadonlyMap<string, string>;
  /** 0 where it was not agreed. */
  readonly transportCcId: number;
  readonly isRejected: boolean;
}

/** A server's answer, or its counter-offer: as much of it as a peer needs. */
export interface ServerDescription {
  readonly transport: LocalTransport;
  readonly media: readonly ServerMedia[];
}

const maxLength = 1_000_000;
const transportCc = /^(\d+)(?:\/\w+)? \S*draft-holmer-rmcat-transport-wide-cc-extensions-01$/;

/**
 * Reads the description of any server. Only what is used here is looked at: what else it says is its matter.
 * @throws DescriptionError
 */
export function readServerDescription(sdp: string): ServerDescription {
  if (!sdp.startsWith('v=0') || sdp.length > maxLength) throw new DescriptionError('it is no session description');
  const [session = [], ...sections] = splitSections(sdp);
  const media = sections.map((lines, index) => readMedia(lines, index));
  const first = sections[media.findIndex(({ isRejected }) => !isRejected)];
  if (first === undefined) throw new DescriptionError('it accepts no m-line');
  // Transport attributes may stand at session level; with bundling those of the first section hold for all.
  const lines = [...first, ...session];
  const [algorithm, value] = words(required(lines, 'fingerprint'));
  const setup = attribute(lines, 'setup') ?? 'passive';
  if (setup === 'active') throw new DescriptionError('a=setup:active: both sides would begin the DTLS handshake');
  const ice: IceCredentials = { ufrag: required(lines, 'ice-ufrag'), pwd: required(lines, 'ice-pwd') };
  const fingerprint: Fingerprint = { algorithm: algorithm ?? '', value: value ?? '' };
  return { transport: { ice, fingerprint, candidates: readCandidates(sections.flat()) }, media };
}

function splitSections(sdp: string): string[][] {
  const sections: string[][] = [[]];
  for (const line of sdp.split(/\r\n|\n|\r/)) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

function readMedia(lines: readonly string[], index: number): ServerMedia {
  const [kind = '', port, , ...payloadTypes] = words((lines[0] ?? '').slice(2));
  const formats = attributes(lines, 'rtpmap').map((rtpmap): [string, string] => {
    const [payloadType = '', encoding = ''] = words(rtpmap);
    return [payloadType, encoding.split('/')[0]?.toUpperCase() ?? ''];
  });
  const ids = attributes(lines, 'extmap').map((extmap) => Number(transportCc.exec(extmap)?.[1] ?? 0));
  return {
    kind,
    mid: attribute(lines, 'mid') ?? String(index),
    payloadTypes,
    formats: new Map(formats),
    transportCcId: ids.find((id) => id > 0 && id < 15) ?? 0,
    isRejected: port === '0',
  };
}

/** Distinct ones of UDP: sections of a bundle repeat them. */
function readCandidates(lines: readonly string[]): LocalCandidate[] {
  const byAddress = new Map<string, LocalCandidate>();
  for (const line of attributes(lines, 'candidate')) {
    const [foundation = '', component, protocol = '', priority, address = '', port] = words(line);
    if (component !== '1' || protocol.toLowerCase() !== 'udp') continue;
    const candidate = { foundation, priority: Number(priority), address, port: Number(port) };
    if (!Number.isInteger(candidate.port) || !Number.isFinite(candidate.priority)) continue;
    byAddress.set(`${address} ${port}`, { ...candidate, protocol: 'udp', type: 'host' });
  }
  return [...byAddress.values()];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function attributes(lines: readonly string[], name: string): string[] {
  const start = `a=${name}:`;
  return lines.flatMap((line) => (line.startsWith(start) ? [line.slice(start.length).trim()] : []));
}

function attribute(lines: readonly string[], name: string): string | undefined {
  return attributes(lines, name)[0];
}

function required(lines: readonly string[], name: string): string {
  const value = attribute(lines, name);
  if (value === undefined || value === '') throw new DescriptionError(`it has no a=${name}`);
  return value;
}
