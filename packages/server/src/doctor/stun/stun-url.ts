import type { StunServer } from './connection.ts';

/**
 * The server of a stun or turn URI (RFC 7064, RFC 7065), or of plain `host:port`.
 * @returns undefined for what is none, and for TURN over DTLS, which nobody here speaks
 */
export function parseStunUrl(url: string): StunServer | undefined {
  const parts =
    /^(?:(stuns?|turns?):)?(?:\[([0-9A-Fa-f:.]+)\]|([^\s:?[\]/]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/;
  const match = parts.exec(url);
  if (!match) return undefined;
  const [, scheme = 'stun', bracketed, plain = '', port, transport] = match;
  const isSecure = scheme.endsWith('s');
  if (isSecure && transport === 'udp') return undefined;
  const number = port === undefined ? (isSecure ? 5349 : 3478) : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  return {
    host: bracketed ?? plain,
    port: number,
    transport: isSecure ? 'tls' : (transport ?? 'udp') === 'tcp' ? 'tcp' : 'udp',
  };
}
