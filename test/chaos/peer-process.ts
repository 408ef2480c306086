import { resolve } from 'node:path';
import { inNamespace } from '../support/namespace.ts';
import { Program } from '../support/program.ts';

export interface PeerOptions {
  /** How many viewers. */
  readonly count?: number;
  /** As `bitbasel load` has them. */
  readonly flags?: readonly string[];
  /** Of the network (`ip netns`). */
  readonly namespace?: string;
}

/** A host or viewers in a process of their own. */
export class PeerProcess {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Resolves when it is connected; rejects with what it says where it cannot be. */
  static async start(
    role: 'host' | 'viewer',
    serverUrl: string,
    room: string,
    { count = 1, flags = [], namespace }: PeerOptions = {},
  ): Promise<PeerProcess> {
    const script = resolve(import.meta.dirname, 'peer.ts');
    const command = [process.execPath, script, role, serverUrl, room, String(count), ...flags];
    const [program = '', ...rest] = [...inNamespace(namespace), ...command];
    const peer = new PeerProcess(new Program(program, { arguments: rest }));
    await peer.#program.printed(/^here$/m);
    return peer;
  }

  /** That have come to each viewer, as it last told. */
  get packets(): readonly number[] {
    const line =
      this.#program.output
        .slice(-2000)
        .match(/^packets .*$(?=\n)/gm)
        ?.at(-1) ?? '';
    return line.split(' ').slice(1).map(Number);
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }
}
