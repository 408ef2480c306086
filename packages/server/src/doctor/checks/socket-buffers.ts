import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, findingsOf } from '../finding.ts';

/** What the ICE library asks for on the media port. The kernel gives no more than its limit, and says nothing. */
const wantedBytes = 1_048_576;

/** One socket carries the media of all rooms: with small buffers, bursts are lost before anybody sees them. */
export function checkSocketBuffers(folder = '/proc/sys/net/core'): Finding {
  const { ok, warning, skipped } = findingsOf('UDP buffers');
  const limits = ['rmem_max', 'wmem_max'].map((name) => ({ name, bytes: readNumber(join(folder, name)) }));
  const known = limits.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]));
  if (known.length === 0) return skipped('this system does not tell its limits');
  const told = known.map(({ name, bytes }) => `${name} ${bytes}`).join(', ');
  const low = known.filter(({ bytes }) => bytes < wantedBytes);
  if (low.length === 0) return ok(`${told} bytes`);
  const settings = low.map(({ name }) => `net.core.${name}=${wantedBytes}`).join(' ');
  return warning(
    `${told} bytes: less than the ${wantedBytes} that the media port asks for, so bursts of packets are lost`,
    `sysctl -w ${settings}, and the same in /etc/sysctl.d; in a container it is a setting of the machine below it.`,
  );
}

function readNumber(path: string): number | undefined {
  try {
    const number = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isNaN(number) ? undefined : number;
  } catch {
    return undefined;
  }
}
