import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { encodeStunMessage, parseStunMessage, type StunContent, StunError, stunHeaderBytes } from './message.ts';

export interface StunServer {
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
}

export interface StunConnectionOptions {
  /** For each exchange, and for connecting. */
  readonly timeoutMs: number;
  /** UDP: where it is sent from; any free port unless given. */
  readonly localPort?: number;
}

/** Questions and answers, one after the other. */
export interface StunConnection {
  /** @returns the answer, also one that refuses. @throws Error where none comes */
  exchange(request: StunContent, key?: Buffer): Promise<Buffer>;
  close(): void;
}

/** RFC 8489, section 6.2.1: the first wait before a request is sent again; each one after it is twice as long. */
const firstRetransmissionMs = 500;
/** No answer to what is asked here comes near it. */
const mostBufferedBytes = 16_384;

/** @throws Error where the name is unknown, or no connection comes about */
export function openStunConnection(server: StunServer, options: StunConnectionOptions): Promise<StunConnection> {
  return server.transport === 'udp' ? overUdp(server, options) : overStream(server, options);
}

class Waiting {
  #transactionId: Buffer | undefined;
  #answer = Promise.withResolvers<Buffer>();

  begin({ transactionId }: StunContent): Promise<Buffer> {
    this.#transactionId = transactionId;
    this.#answer = Promise.withResolvers();
    return this.#answer.promise;
  }

  /** Anyone can send to a port: what is no STUN, or answers another question, is passed over. */
  offer(bytes: Buffer): void {
    try {
      const { transactionId, type } = parseStunMessage(bytes);
      const isAnswer = (type & 0x0100) !== 0;
      if (isAnswer && this.#transactionId?.equals(transactionId)) this.#answer.resolve(Buffer.from(bytes));
    } catch (error) {
      if (!(error instanceof StunError)) throw error;
    }
  }

  fail(error: Error): void {
    this.#answer.promise.catch(() => {});
    this.#answer.reject(error);
  }
}

function noAnswer({ host, port, transport }: StunServer, timeoutMs: number): Error {
  return new Error(`${host}:${port} did not answer over ${transport.toUpperCase()} within ${timeoutMs / 1000} s`);
}

async function overUdp(
  server: StunServer,
  { timeoutMs, localPort = 0 }: StunConnectionOptions,
): Promise<StunConnection> {
  const { address, family } = await lookup(server.host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const waiting = new Waiting();
  socket.on('message', (bytes) => waiting.offer(bytes)).on('error', (error) => waiting.fail(error));
  try {
    const ready = once(socket, 'listening');
    socket.bind(localPort);
    await ready;
    const connected = once(socket, 'connect');
    socket.connect(server.port, address);
    await connected;
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    async exchange(request, key) {
      const answer = waiting.begin(request);
      const bytes = encodeStunMessage(request, key);
      let retransmission: NodeJS.Timeout | undefined;
      const send = (waitMs: number) => {
        socket.send(bytes, (error) => error && waiting.fail(error));
        retransmission = setTimeout(send, waitMs, 2 * waitMs);
      };
      const deadline = setTimeout(() => waiting.fail(noAnswer(server, timeoutMs)), timeoutMs);
      send(firstRetransmissionMs);
      return answer.finally(() => {
        clearTimeout(deadline);
        clearTimeout(retransmission);
      });
    },
    close: () => socket.close(),
  };
}

async function overStream(server: StunServer, { timeoutMs }: StunConnectionOptions): Promise<StunConnection> {
  const { host, port } = server;
  const isTls = server.transport === 'tls';
  const socket: Socket = isTls
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
    : connect({ host, port });
  const waiting = new Waiting();
  await within(timeoutMs, once(socket, isTls ? 'secureConnect' : 'connect'), noAnswer(server, timeoutMs)).catch(
    (error: unknown) => {
      socket.on('error', () => {}).destroy();
      throw error;
    },
  );
  let received = Buffer.alloc(0);
  socket.on('error', (error) => waiting.fail(error));
  socket.on('close', () => waiting.fail(new Error(`${host}:${port} closed the connection`)));
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    for (let length = firstLength(received); length !== undefined; length = firstLength(received)) {
      waiting.offer(received.subarray(0, length));
      received = received.subarray(length);
    }
    if (received.length > mostBufferedBytes) socket.destroy();
  });
  return {
    exchange(request, key) {
      const answer = waiting.begin(request);
      socket.write(encodeStunMessage(request, key));
      return within(timeoutMs, answer, noAnswer(server, timeoutMs));
    },
    close: () => socket.destroy(),
  };
}

/** Of the message at the front, where it is whole; streams carry them one behind the other (RFC 8489, section 6.2.2). */
function firstLength(received: Buffer): number | undefined {
  if (received.length < stunHeaderBytes) return undefined;
  const length = stunHeaderBytes + received.readUInt16BE(2);
  return received.length < length ? undefined : length;
}

async function within<T>(timeoutMs: number, result: Promise<T>, late: Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const deadline = setTimeout(reject, timeoutMs, late);
  return Promise.race([result, promise]).finally(() => clearTimeout(deadline));
}
