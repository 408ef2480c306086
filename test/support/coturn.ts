import { createServer } from 'node:net';
import { Program } from './program.ts';

export const turnSecret = 'of-the-tests-and-nobody-else';

/** A real coturn on loopback, as deploy/compose has it but for addresses and TLS. */
export class Coturn {
  readonly #program: Program;
  readonly port: number;

  private constructor(program: Program, port: number) {
    this.#program = program;
    this.port = port;
  }

  /**
   * @param tls a certificate and its key, as PEM files, with which it speaks TLS on the same port
   * @param listeningPort default: a free one
   */
  static async start(tls?: { readonly cert: string; readonly key: string }, listeningPort?: number): Promise<Coturn> {
    const port = listeningPort ?? (await freePort());
    const program = new Program('turnserver', {
      arguments: [
        '-n',
        ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)],
        ...['--use-auth-secret', '--static-auth-secret', turnSecret, '--realm', 'bitbasel.test'],
        // The media server is on loopback here, where coturn relays to only when told so, and with a password set.
        ...['--allow-loopback-peers', '--cli-password', 'unused', '--no-cli', '--no-dtls'],
        ...(tls ? ['--cert', tls.cert, '--pkey', tls.key] : ['--no-tls']),
        ...['--log-file', 'stdout', '--simple-log', '--pidfile', '', '--verbose'],
      ],
    });
    await program.printed(new RegExp(`TCP listener opened on : 127.0.0.1:${port}`));
    return new Coturn(program, port);
  }

  url(transport: 'udp' | 'tcp'): string {
    return `turn:127.0.0.1:${this.port}?transport=${transport}`;
  }

  get output(): string {
    return this.#program.output;
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  stop(): Promise<number | null> {
    return this.#program.stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
