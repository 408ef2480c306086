import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A UDP relay on loopback between one client and a server, for tests that look at the wire. */
export class UdpRelay {
  /** UDP payload bytes of SRTP and SRTCP: a first byte of 128 to 191 (RFC 7983, section 7). */
  mediaBytesToClient = 0;
  mediaBytesToServer = 0;
  /** Asked of each datagram: those for which it says so are lost. */
  loses: (datagram: Buffer, to: 'client' | 'server') => boolean = () => false;
  /** Asked of each datagram of the client's: what the server gets before it. */
  adds: (datagram: Buffer) => readonly Buffer[] = () => [];
  readonly #clientSide: Socket;
  readonly #serverSide: Socket;
  #client: RemoteInfo | undefined;

  private constructor(clientSide: Socket, serverSide: Socket, serverPort: number) {
    this.#clientSide = clientSide;
    this.#serverSide = serverSide;
    clientSide.on('message', (datagram, from) => {
      this.#client = from;
      if (this.loses(datagram, 'server')) return;
      this.mediaBytesToServer += mediaBytes(datagram);
      for (const each of [...this.adds(datagram), datagram]) serverSide.send(each, serverPort, '127.0.0.1');
    });
    serverSide.on('message', (datagram) => {
      if (this.loses(datagram, 'client')) return;
      this.mediaBytesToClient += mediaBytes(datagram);
      if (this.#client !== undefined) clientSide.send(datagram, this.#client.port, this.#client.address);
    });
  }

  static async open(serverPort: number): Promise<UdpRelay> {
    const clientSide = createSocket('udp4').bind(0, '127.0.0.1');
    const serverSide = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(clientSide, 'listening'), once(serverSide, 'listening')]);
    return new UdpRelay(clientSide, serverSide, serverPort);
  }

  /** Where the client sends to, instead of to the server. */
  get port(): number {
    return this.#clientSide.address().port;
  }

  close(): void {
    this.#clientSide.close();
    this.#serverSide.close();
  }
}

function mediaBytes(datagram: Buffer): number {
  const first = datagram[0] ?? 0;
  return first >= 128 && first <= 191 ? datagram.length : 0;
}
