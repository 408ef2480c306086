import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly call: Call;
  readonly status: number;
  /** Lower-case names; a header that came several times has several values, as they came. */
  readonly headers: NodeJS.Dict<string[]>;
  readonly body: string;
}

/** A server that keeps silent for longer has failed: OBS waits 8 s. */
const timeoutMs = 8000;

/** One request, with nothing done by itself: no redirect followed, no header joined. @throws where no answer comes */
export function send(call: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const url = new URL(call.url);
  const headers = {
    ...call.headers,
    ...(call.body !== undefined && { 'content-length': Buffer.byteLength(call.body) }),
  };
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, { method: call.method, headers });
  request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  request.on('error', (cause) => reject(new Error(`${call.method} ${call.url}: ${cause.message}`, { cause })));
  request.on('response', (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({ call, status: response.statusCode ?? 0, headers: response.headersDistinct, body }),
    );
  });
  request.end(call.body);
  return promise;
}

/** The value of a header; several ones as the list that they stand for. */
export function header(answer: Answer, name: string): string | undefined {
  return answer.headers[name]?.join(', ');
}

/** The media type of the body, without parameters. */
export function mediaType(answer: Answer): string | undefined {
  return header(answer, 'content-type')?.split(';')[0]?.trim().toLowerCase();
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

export function isRefusal({ status }: Answer): boolean {
  return status >= 400 && status < 500;
}

/** For a report: `201 application/sdp`. */
export function summary(answer: Answer): string {
  const type = mediaType(answer);
  return type === undefined ? String(answer.status) : `${answer.status} ${type}`;
}
