import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** What came from the port of NTP cannot be used. */
export class NtpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NtpError';
  }
}

const packetBytes = 48;
/** Version 4, mode 3: a client's question (RFC 5905, section 7.3). */
const clientHeader = 0x23;
const serverMode = 4;
const transmitOffset = 40;
/** NTP counts from 1900, Unix from 1970. */
const epochSeconds = 2_208_988_800;

function writeTimestamp(packet: Buffer, offset: number, ms: number): void {
  packet.writeUInt32BE((Math.floor(ms / 1000) + epochSeconds) >>> 0, offset);
  packet.writeUInt32BE(Math.floor(((ms % 1000) / 1000) * 2 ** 32), offset + 4);
}

/** Of eras, the one that is near: 32 bits of seconds begin anew in 2036 (RFC 5905, section 6). */
function readTimestampMs(packet: Buffer, offset: number, nearMs: number): number {
  const seconds = packet.readUInt32BE(offset) - epochSeconds;
  const era = Math.round((nearMs / 1000 - seconds) / 2 ** 32);
  return (seconds + era * 2 ** 32) * 1000 + (packet.readUInt32BE(offset + 4) / 2 ** 32) * 1000;
}

export function ntpQuestion(nowMs: number): Buffer {
  const packet = Buffer.alloc(packetBytes);
  packet[0] = clientHeader;
  writeTimestamp(packet, transmitOffset, nowMs);
  return packet;
}

/**
 * How far the server's clock is before ours, in ms (RFC 5905, section 8).
 * @throws NtpError
 */
export function offsetByAnswer(question: Buffer, answer: Buffer, sentMs: number, receivedMs: number): number {
  if (answer.length < packetBytes || ((answer[0] ?? 0) & 7) !== serverMode) throw new NtpError('no answer of NTP');
  // The question's own timestamp comes back: nobody who has not seen it can answer.
  if (!answer.subarray(24, 32).equals(question.subarray(transmitOffset, packetBytes)))
    throw new NtpError('an answer to another question');
  if (answer[1] === 0 || (answer[0] ?? 0) >> 6 === 3) throw new NtpError('the server has no time itself');
  const [arrivedMs, answeredMs] = [32, 40].map((offset) => readTimestampMs(answer, offset, sentMs));
  return ((arrivedMs ?? 0) - sentMs + ((answeredMs ?? 0) - receivedMs)) / 2;
}

/** @throws NtpError, or another Error where none answers */
export async function askNtp(host: string, port: number, timeoutMs: number): Promise<number> {
  const { address } = await lookup(host);
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(port, address);
    await connected;
    const sentMs = Date.now();
    const question = ntpQuestion(sentMs);
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) });
    socket.send(question);
    const [answer] = await answered;
    return offsetByAnswer(question, answer, sentMs, Date.now());
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError')
      throw new NtpError(`${host}:${port} did not answer within ${timeoutMs / 1000} s`);
    throw error;
  } finally {
    socket.close();
  }
}
