import { readFileSync } from 'node:fs';

/** One packet of a file in `rtp/fixtures/`, of which only what layers are told by was kept. */
export interface CapturedPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payloadLength: number;
  /** Empty where the packet had none. */
  readonly dependencyDescriptor: Buffer;
  /** The first bytes. */
  readonly payload: Buffer;
}

/** Reads what a browser sent, for tests: `name` as in `rtp/fixtures/<name>.txt`. */
export function capturedPackets(name: string): CapturedPacket[] {
  const text = readFileSync(new URL(`../rtp/fixtures/${name}.txt`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [sequenceNumber, timestamp, marker, payloadLength, descriptor = '-', payload = ''] = line.split(' ');
    return {
      sequenceNumber: Number(sequenceNumber),
      timestamp: Number(timestamp),
      marker: marker === '1',
      payloadLength: Number(payloadLength),
      dependencyDescriptor: Buffer.from(descriptor === '-' ? '' : descriptor, 'hex'),
      payload: Buffer.from(payload, 'hex'),
    };
  });
}
