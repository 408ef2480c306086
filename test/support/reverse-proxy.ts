import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import { Program } from './program.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');

export type ProxyName = 'nginx' | 'caddy';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The text with each part replaced that names what is of the machine; one that is not there is an error. */
function replaceAll(text: string, parts: readonly (readonly [string, string])[]): string {
  return parts.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`there is no "${from}" in the configuration`);
    return changed.replaceAll(from, to);
  }, text);
}

/** nginx or Caddy with the configuration from deploy/, over TLS on loopback, before a server. */
export class ReverseProxy {
  readonly #program: Program;
  readonly #folder: string;
  readonly port: number;
  /** Whom clients have to trust. */
  readonly certificate: string;

  private constructor(program: Program, folder: string, port: number, certificate: string) {
    this.#program = program;
    this.#folder = folder;
    this.port = port;
    this.certificate = certificate;
  }

  /** @param upstream address and port of the server */
  static async start(name: ProxyName, upstream: string): Promise<ReverseProxy> {
    const folder = mkdtempSync(join(tmpdir(), `bitbasel-${name}-`));
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    writeFileSync(join(folder, 'fullchain.pem'), pems.cert);
    writeFileSync(join(folder, 'privkey.pem'), pems.private);
    const port = await freePort();
    try {
      const program = await (name === 'nginx' ? startNginx : startCaddy)(folder, port, upstream);
      return new ReverseProxy(program, folder, port, pems.cert);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  get output(): string {
    return this.#program.output;
  }

  async stop(): Promise<void> {
    // nginx ends its workers; Caddy would wait for the last client.
    this.#program.signal('SIGTERM');
    const patience = setTimeout(() => this.#program.signal('SIGKILL'), 3_000);
    await this.#program.exitCode();
    clearTimeout(patience);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function startNginx(folder: string, port: number, upstream: string): Promise<Program> {
  const site = replaceAll(readFileSync(join(deploy, 'nginx/bitbasel.conf'), 'utf8'), [
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    ['listen 80;', `listen 127.0.0.1:${await freePort()};`],
    ['127.0.0.1:8082', upstream],
    ['/etc/letsencrypt/live/media.example.org', folder],
    ['media.example.org', 'localhost'],
  ]);
  writeFileSync(join(folder, 'site.conf'), site);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  const main = [
    // The workers read the folder of whoever started it.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off; worker_processes 1; error_log stderr notice;',
    `pid ${join(folder, 'nginx.pid')};`,
    'events {}',
    `http { access_log off; ${paths.join(' ')} include ${join(folder, 'site.conf')}; }`,
  ];
  writeFileSync(join(folder, 'nginx.conf'), main.join('\n'));
  const program = new Program('nginx', {
    arguments: ['-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-p', folder],
    // Root's programs are not on everyone's path.
    environment: { PATH: `${process.env.PATH}:/usr/sbin` },
  });
  await program.printed(/start worker process \d+/);
  return program;
}

async function startCaddy(folder: string, port: number, upstream: string): Promise<Program> {
  const site = replaceAll(readFileSync(join(deploy, 'caddy/Caddyfile'), 'utf8'), [
    [
      '\nmedia.example.org {',
      `\nhttps://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${folder}/fullchain.pem ${folder}/privkey.pem`,
    ],
    ['127.0.0.1:8082', upstream],
  ]);
  const global = '{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n';
  writeFileSync(join(folder, 'Caddyfile'), global + site);
  const program = new Program('caddy', {
    arguments: ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
    environment: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  await program.printed(/serving initial configuration/);
  return program;
}
