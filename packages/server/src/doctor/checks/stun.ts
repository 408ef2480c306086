import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';
import { askBinding, type Binding } from '../stun/binding.ts';
import type { StunServer } from '../stun/connection.ts';
import { parseStunUrl } from '../stun/stun-url.ts';
import { announcedAddresses } from './public-address.ts';

const usage = 'Give it as host:port, for example stun.example.org:3478.';

/** Under which address a STUN server sees this machine, and whether that is one that peers are told. */
export async function checkStun(
  config: Pick<Config, 'server' | 'media'>,
  given: string,
  timeoutMs: number,
): Promise<Finding> {
  const { ok, warning, failed } = findingsOf('address seen by STUN');
  const server = parseStunUrl(given);
  if (server === undefined) return failed(`${given} is no STUN server`, usage);
  try {
    const { isFromMediaPort, seenAs } = await askFromMediaPort(server, config.media.port, timeoutMs);
    if (!(announcedAddresses(config) ?? []).includes(seenAs.address)) {
      return warning(
        `this machine is seen as ${seenAs.address}, which peers are not told`,
        `Set media.public_addresses to ["${seenAs.address}"], and forward UDP port ${config.media.port} to this machine.`,
      );
    }
    if (isFromMediaPort && seenAs.port !== config.media.port) {
      return warning(
        `this machine is seen as ${seenAs.address}, but its UDP port ${config.media.port} as ${seenAs.port}`,
        `Forward UDP port ${config.media.port} to the same number, or set media.port to one that is.`,
      );
    }
    return ok(`${seenAs.address}, as peers are told`);
  } catch (error) {
    return failed(reasonOf(error), 'A firewall may keep UDP in, or this is no STUN server.');
  }
}

/** Whether UDP gets to a peer and back; there, `bitbasel doctor --listen-udp` answers, or any STUN server does. */
export async function checkPeer(given: string, timeoutMs: number): Promise<Finding> {
  const { ok, failed } = findingsOf('UDP to peer');
  const server = parseStunUrl(given);
  if (server === undefined) return failed(`${given} is no peer`, usage);
  const peer = `${server.host}:${server.port}`;
  try {
    const { seenAs, roundTripMs } = await askBinding(server, { timeoutMs });
    return ok(`${peer} answers in ${Math.ceil(roundTripMs)} ms, and sees ${seenAs.address}:${seenAs.port}`);
  } catch (error) {
    const advice = `Run bitbasel doctor --listen-udp there; if it is not asked, a firewall or a missing port forwarding keeps UDP port ${server.port} from it.`;
    return failed(`${peer}: ${reasonOf(error)}`, advice);
  }
}

/** From the port that media will have, so that it is seen what a NAT makes of it; while that is taken, from another. */
async function askFromMediaPort(
  server: StunServer,
  mediaPort: number,
  timeoutMs: number,
): Promise<Binding & { isFromMediaPort: boolean }> {
  try {
    return { ...(await askBinding(server, { timeoutMs, localPort: mediaPort })), isFromMediaPort: mediaPort !== 0 };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return { ...(await askBinding(server, { timeoutMs })), isFromMediaPort: false };
  }
}
