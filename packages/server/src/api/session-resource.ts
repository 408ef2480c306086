import { type IceServer, whepEvents } from '@bitbasel/protocol';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../rooms/session.ts';

export type SessionProtocol = 'whip' | 'whep';

/** The protocol by which a session of this role is managed, whatever call made it. */
export function protocolOf(role: Role): SessionProtocol {
  return role === 'host' ? 'whip' : 'whep';
}

/** Absolute and without a query: GStreamer and OBS each get one of the other forms wrong. */
export function sessionUrl(request: FastifyRequest, protocol: SessionProtocol, sessionId: string): string {
  return `${request.protocol}://${request.host}/${protocol}/sessions/${sessionId}`;
}

/** One header value a server (RFC 9725, section 4.6): OBS does not split a list. */
export function iceServerLinks(iceServers: readonly IceServer[]): string[] {
  return iceServers.flatMap(({ urls, username, credential }) => {
    const parameters = Object.entries({ username, credential, ...(credential && { 'credential-type': 'password' }) })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `; ${name}="${String(value).replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    return urls.map((url) => `<${url}>; rel="ice-server"${parameters.join('')}`);
  });
}

/** The extensions of WHEP that a session has (draft-ietf-wish-whep, section 4.9), each with its own URL. */
export function whepExtensionLinks(url: string): string[] {
  const rel = (name: string) => `rel="urn:ietf:params:whep:ext:core:${name}"`;
  return [
    `<${url}/sse>; ${rel('server-sent-events')}; events="${whepEvents.join(',')}"`,
    `<${url}/layer>; ${rel('layer')}`,
  ];
}
