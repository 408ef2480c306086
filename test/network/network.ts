import { spawnSync } from 'node:child_process';

/** Of the block for tests of network devices (RFC 2544, appendix C.2.2), which nobody routes. */
const addresses = { test: '198.18.0.2', server: '198.18.0.1', viewer: '198.18.0.3' } as const;
/** Names of interfaces have at most 15 characters. */
const suffix = String(process.pid);
/** What a router's queue holds before it drops, in time; home routers have this much and more. */
const queueLength = '200ms';
/** Little more than one packet, as a wire has it: no tokens to save up, by which short bursts would pass at any rate. */
const burstBytes = '1600';

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw new Error(`${command} cannot be run (install iproute2)`, { cause: error });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}

/** Why this machine cannot have a `Network`; undefined where it can. */
export function networkObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    new Network().remove();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * A server and one viewer's machine as two network namespaces, and the test's own machine beside them:
 *
 *     test ---- server ==== viewer
 *
 * The line to the viewer is as slow as `setLine` makes it; the other is as fast as the machine. Only these three reach
 * each other.
 */
export class Network {
  readonly serverNamespace = `server-${suffix}`;
  readonly viewerNamespace = `viewer-${suffix}`;
  readonly serverAddress = addresses.server;
  readonly testAddress = addresses.test;
  readonly #toViewer = `v${suffix}a`;

  constructor() {
    try {
      this.#build();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #build(): void {
    for (const namespace of [this.serverNamespace, this.viewerNamespace]) {
      run('ip', 'netns', 'add', namespace);
      run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
    }
    const { serverNamespace, viewerNamespace } = this;
    connect([serverNamespace, this.#toViewer, addresses.server], [viewerNamespace, `v${suffix}b`, addresses.viewer]);
    connect([serverNamespace, `t${suffix}a`, addresses.server], [undefined, `t${suffix}b`, addresses.test]);
    this.setLine(1e9);
  }

  /** The rate at which the viewer gets data, HTTP as well; its queue holds 200 ms of it. The way back is free. */
  setLine(bitrateBps: number): void {
    const bucket = ['rate', `${bitrateBps}bit`, 'burst', burstBytes, 'latency', queueLength];
    run('tc', '-n', this.serverNamespace, 'qdisc', 'replace', 'dev', this.#toViewer, 'root', 'tbf', ...bucket);
  }

  /** Idempotent. The virtual cables go with the namespaces. */
  remove(): void {
    for (const namespace of [this.serverNamespace, this.viewerNamespace]) spawnSync('ip', ['netns', 'del', namespace]);
  }
}

type Plug = readonly [namespace: string | undefined, device: string, address: string];

/** Lays a virtual cable. */
function connect(a: Plug, b: Plug): void {
  run('ip', 'link', 'add', a[1], 'type', 'veth', 'peer', 'name', b[1]);
  plugIn(a, b[2]);
  plugIn(b, a[2]);
}

function plugIn([namespace, device, address]: Plug, peerAddress: string): void {
  if (namespace !== undefined) run('ip', 'link', 'set', device, 'netns', namespace);
  const inside = namespace === undefined ? [] : ['-n', namespace];
  run('ip', ...inside, 'address', 'add', address, 'peer', peerAddress, 'dev', device);
  run('ip', ...inside, 'link', 'set', device, 'up');
}
