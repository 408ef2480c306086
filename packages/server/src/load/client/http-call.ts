import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Why a session could not be had. `kind` is short, for counting. */
export class CallError extends Error {
  readonly kind: string;

  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CallError';
    this.kind = kind;
  }
}

export interface Call {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly token: string | undefined;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  /** Where it came from, after redirects. */
  readonly url: string;
}

const timeoutMs = 20_000;
const maxRedirects = 3;
const maxBodyLength = 1_000_000;
const maxDetailLength = 300;

/** One request on a connection of its own, as each viewer has one. Follows 307 and 308. @throws CallError */
export async function call(request: Call, redirectsLeft = maxRedirects): Promise<Answer> {
  const answer = await send(request);
  if (answer.status !== 307 && answer.status !== 308) return answer;
  const url = answer.location === undefined ? null : URL.parse(answer.location, request.url);
  if (url === null || redirectsLeft === 0) throw new CallError('redirect', `${request.url} redirects to nowhere`);
  return await call({ ...request, url: url.href }, redirectsLeft - 1);
}

/** The error of an answer that is not the one hoped for. */
export function refusal({ method, url }: Call, { status, body }: Answer): CallError {
  // Control characters of a server's answer must not reach the terminal.
  const detail = body.slice(0, maxDetailLength).replaceAll(/\p{Cc}+/gu, ' ');
  return new CallError(`http ${status}`, `${method} ${url} was answered ${status}: ${detail}`);
}

function send({ method, url, token, body }: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const fail = (cause: NodeJS.ErrnoException) =>
    reject(new CallError(cause.code ?? 'connection', `${method} ${url}: ${cause.message}`, { cause }));
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/sdp', 'content-length': Buffer.byteLength(body) }),
  };
  const target = new URL(url);
  const options = { method, headers, agent: false } as const;
  const request: ClientRequest =
    target.protocol === 'https:' ? requestHttps(target, options) : requestHttp(target, options);
  request.setTimeout(timeoutMs, () =>
    request.destroy(Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'http timeout' })),
  );
  request.on('error', fail);
  request.on('response', (response) => readBody(response, url).then(resolve, fail));
  request.end(body);
  return promise;
}

async function readBody(response: IncomingMessage, url: string): Promise<Answer> {
  let body = '';
  for await (const text of response.setEncoding('utf8')) {
    body += text;
    if (body.length > maxBodyLength) throw new Error('the answer does not end');
  }
  return { status: response.statusCode ?? 0, location: response.headers.location, body, url };
}
