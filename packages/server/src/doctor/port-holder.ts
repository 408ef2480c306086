import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

/** Column of /proc/net/tcp that says 0A where a socket listens. */
const listening = '0A';

/** The program that has a port, where the system tells: on Linux, of the own user's programs, or of all for root. */
export function portHolder(protocol: 'tcp' | 'udp', port: number): PortHolder | undefined {
  try {
    const inodes = [protocol, `${protocol}6`].flatMap((name) => socketsOn(name, port));
    return inodes.length === 0 ? undefined : programWith(inodes);
  } catch {
    // Not Linux.
    return undefined;
  }
}

function socketsOn(protocol: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return linesOf(`/proc/net/${protocol}`).flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const isHeld = local.endsWith(suffix) && (!protocol.startsWith('tcp') || state === listening);
    return isHeld && inode !== undefined ? [inode] : [];
  });
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // A kernel without IPv6.
    return [];
  }
}

function programWith(inodes: readonly string[]): PortHolder | undefined {
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const descriptors = readdirSync(`/proc/${entry}/fd`);
      if (descriptors.some((descriptor) => links.has(readlinkSync(`/proc/${entry}/fd/${descriptor}`))))
        return { pid: Number(entry), name: readFileSync(`/proc/${entry}/comm`, 'utf8').trim() };
    } catch {
      // Another user's, or gone meanwhile.
    }
  }
  return undefined;
}
