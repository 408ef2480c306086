import { readFileSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf } from '../finding.ts';

/** The database, listeners, Redis, the files of pages: with much to spare. */
const besideConnections = 200;

/** Each WebSocket and each HTTP connection takes one; media takes none, since all of it shares one UDP port. */
export function checkFileDescriptors(
  { server: { max_connections: connections } }: Pick<Config, 'server'>,
  limit: number | undefined = openFilesLimit(),
): Finding {
  const { ok, warning, failed, skipped } = findingsOf('file descriptors');
  if (limit === undefined) return skipped('this system does not tell its limit');
  const least = connections + besideConnections;
  // Clients keep an HTTP connection open beside their WebSocket.
  const comfortable = 2 * connections + besideConnections;
  const told = `this process may open ${limit} files, and server.max_connections is ${connections}`;
  const advice = (needed: number) =>
    `Allow ${needed}: LimitNOFILE=${needed} in the systemd unit, --ulimit nofile=${needed} of the container, or ulimit -n. Or lower server.max_connections.`;
  if (limit < least) return failed(`${told}: connections will be refused before that`, advice(comfortable));
  if (limit < comfortable) return warning(`${told}: few are left for HTTP beside WebSockets`, advice(comfortable));
  return ok(told);
}

/** Of this process. Node has raised the soft limit to the hard one by then. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return undefined;
  }
}
