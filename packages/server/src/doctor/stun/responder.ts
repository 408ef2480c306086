import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import {
  type Endpoint,
  encodeStunMessage,
  parseStunMessage,
  StunError,
  stunAttributes,
  stunTypes,
  xorAddressValue,
} from './message.ts';

/** Answers STUN binding requests over UDP: the other side of `bitbasel doctor --peer`. */
export class StunResponder {
  readonly #socket: Socket;

  private constructor(socket: Socket, onAsked: (from: Endpoint) => void) {
    this.#socket = socket;
    socket.on('message', (bytes, from) => {
      const answer = answerTo(bytes, from);
      if (answer === undefined) return;
      onAsked({ address: from.address, port: from.port });
      socket.send(answer, from.port, from.address);
    });
  }

  /** @throws Error where the port cannot be had */
  static async listen(host: string, port: number, onAsked: (from: Endpoint) => void): Promise<StunResponder> {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const listening = once(socket, 'listening');
    socket.bind({ address: host, port, exclusive: true });
    try {
      await listening;
    } catch (error) {
      socket.close();
      throw error;
    }
    return new StunResponder(socket, onAsked);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }
}

function answerTo(bytes: Buffer, from: Endpoint): Buffer | undefined {
  try {
    const { type, transactionId } = parseStunMessage(bytes);
    if (type !== stunTypes.bindingRequest) return undefined;
    const attributes = [[stunAttributes.xorMappedAddress, xorAddressValue(from, transactionId)]] as const;
    return encodeStunMessage({ type: stunTypes.bindingSuccess, transactionId, attributes });
  } catch (error) {
    // Whoever sends something else to this port gets no answer.
    if (error instanceof StunError) return undefined;
    throw error;
  }
}
