import type { RemoteTransport } from '../../transport/transport.ts';
import { writeCounterAnswer } from './counter-answer.ts';
import { DescriptionError, readServerDescription, type ServerDescription } from './description.ts';
import { type Answer, type Call, CallError, call, refusal } from './http-call.ts';
import { resolveLocation } from './urls.ts';

export interface Exchanged {
  readonly description: ServerDescription;
  /** Undefined where the server gave none: then the session can only be left to its timeouts. */
  readonly resource: string | undefined;
}

/**
 * WHIP and WHEP: POSTs the offer and reads the answer. A 200 is taken for the 201 that it should be; and where a WHEP
 * server answers 406 with an offer of its own, that one is answered by PATCH.
 * @throws CallError
 */
export async function exchange(
  url: string,
  token: string | undefined,
  offer: string,
  transport: RemoteTransport,
): Promise<Exchanged> {
  const post: Call = { method: 'POST', url, token, body: offer };
  const answer = await call(post);
  const resource = resolveLocation(answer.location, answer.url);
  if (answer.status === 201 || answer.status === 200) return { description: descriptionOf(post, answer), resource };
  if (answer.status !== 406 || resource === undefined || !answer.body.startsWith('v=0')) throw refusal(post, answer);
  const description = descriptionOf(post, answer);
  const patch: Call = { method: 'PATCH', url: resource, token, body: writeCounterAnswer(description, transport) };
  const patched = await call(patch);
  if (patched.status < 200 || patched.status > 299) throw refusal(patch, patched);
  return { description, resource };
}

/** Ends a session. A server that has forgotten it already has done the same. @throws CallError */
export async function end(resource: string, token: string | undefined): Promise<void> {
  const request: Call = { method: 'DELETE', url: resource, token };
  const answer = await call(request);
  if (answer.status >= 300 && answer.status !== 404 && answer.status !== 410) throw refusal(request, answer);
}

function descriptionOf({ url }: Call, { body }: Answer): ServerDescription {
  try {
    return readServerDescription(body);
  } catch (error) {
    if (!(error instanceof DescriptionError)) throw error;
    throw new CallError('bad answer', `The description from ${url} cannot be used: ${error.message}`);
  }
}
