import { lookup } from 'node:dns/promises';
import type { Config } from '../../config/schema.ts';
import { turnCredential } from '../../rooms/ice-servers.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';
import { isPrivateAddress } from '../private-address.ts';
import { type LongTermCredential, TurnRefusal, tryAllocation } from '../stun/allocation.ts';
import type { StunServer } from '../stun/connection.ts';
import { parseStunUrl } from '../stun/stun-url.ts';

/** Longer than the check takes, and too short to be of use to anybody. */
const credentialSeconds = 120;

interface TurnServer extends LongTermCredential {
  readonly url: string;
  readonly isShared: boolean;
}

/** Takes an allocation from every TURN server that peers are told of, as a client of theirs would. */
export async function checkTurn(
  config: Pick<Config, 'turn' | 'ice_servers'>,
  nowMs: number,
  timeoutMs: number,
): Promise<Finding[]> {
  const servers = turnServers(config, nowMs);
  if (servers.length === 0)
    return [findingsOf('TURN').skipped('no TURN server (turn.urls): who cannot send UDP gets no media')];
  return Promise.all(servers.map((server) => checkServer(server, timeoutMs)));
}

function turnServers({ turn, ice_servers }: Pick<Config, 'turn' | 'ice_servers'>, nowMs: number): TurnServer[] {
  const listed = ice_servers.flatMap(({ urls, username = '', credential = '' }) =>
    urls.filter((url) => url.startsWith('turn')).map((url) => ({ url, username, credential, isShared: false })),
  );
  const { urls, secret } = turn;
  if (secret === undefined) return listed;
  const made = turnCredential(secret, 'doctor', Math.floor(nowMs / 1000) + credentialSeconds);
  return [...urls.map((url) => ({ url, ...made, isShared: true })), ...listed];
}

async function checkServer({ url, isShared, ...credential }: TurnServer, timeoutMs: number): Promise<Finding> {
  const { ok, warning, failed, skipped } = findingsOf(`TURN ${url}`);
  const server = parseStunUrl(url);
  if (server === undefined) return skipped('DTLS is not tried here, or it is no URL of TURN');
  try {
    const relayed = await tryAllocation(server, credential, { timeoutMs });
    if (isPrivateAddress(relayed.address) && !(await isInPrivateNetwork(server))) {
      return warning(
        `it relays at ${relayed.address}, which is not reached from outside`,
        'Set external-ip in coturn to the address that the outside sees.',
      );
    }
    return ok(`an allocation was made, relayed at ${relayed.address}`);
  } catch (error) {
    if (error instanceof TurnRefusal)
      return failed(`it refused an allocation: ${error.message}`, adviceOn(error, isShared));
    if (server.transport === 'tls' && isCertificateFault(error))
      return failed(
        `its certificate: ${reasonOf(error)}`,
        'Clients refuse it as well: give it one that is good for its name.',
      );
    return failed(
      reasonOf(error),
      `See whether it runs, and whether a firewall lets ${server.transport === 'udp' ? 'UDP' : 'TCP'} to port ${server.port} through.`,
    );
  }
}

function isCertificateFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|VERIFY|ALTNAME/.test(code);
}

function adviceOn({ code }: TurnRefusal, isShared: boolean): string {
  if (code === 401 && isShared)
    return 'turn.secret must be the static-auth-secret of coturn, with use-auth-secret; and both clocks must be right.';
  if (code === 401) return 'Check the username and the credential in ice_servers.';
  if (code === 486) return 'It has no allocations left for this user: see user-quota and total-quota of coturn.';
  return 'Its log says why.';
}

async function isInPrivateNetwork({ host }: StunServer): Promise<boolean> {
  return isPrivateAddress((await lookup(host)).address);
}
