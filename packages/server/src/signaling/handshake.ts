import type { IncomingMessage } from 'node:http';
import type { Shown } from '../auth/gatekeeper.ts';

/** The subprotocol that the server speaks. A client that has a token offers this one and another, which holds it. */
export const protocolName = 'bitbasel';
/** `bitbasel.token.` and a token or a resume secret: browsers let a page set no other header of a handshake. */
const tokenPrefix = `${protocolName}.token.`;

/** What a client shows of itself: a bearer token, one in a subprotocol, or a ticket in the query. */
export function shownAtHandshake({ headers, url = '' }: IncomingMessage): Shown {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return { bearer };
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const token = protocols.find((name) => name.startsWith(tokenPrefix))?.slice(tokenPrefix.length);
  if (token !== undefined) return { bearer: token };
  const ticket = new URLSearchParams(url.split('?')[1] ?? '').get('ticket');
  return ticket === null ? {} : { ticket };
}
