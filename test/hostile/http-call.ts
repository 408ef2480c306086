import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';

export interface HttpCall {
  readonly method: string;
  /** Sent as it stands. */
  readonly path: string;
  /** Content-Type. */
  readonly type?: string;
  /** Besides the Content-Type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A number of bytes is streamed, without a length told before. */
  readonly body?: string | Buffer | { readonly bytes: number };
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
  readonly body: string;
}

/** For the report of a test. */
export function describeCall({ method, path, type, body }: HttpCall): string {
  return `${method} ${path.slice(0, 60)} ${type ?? ''} ${JSON.stringify(body)?.slice(0, 80)}`;
}

/** So long, and the call hangs. */
const answerTimeoutMs = 30_000;
const agent = new Agent({ keepAlive: true });

/** A call as no well-behaved client would make it. Resolves with the answer, which may come before the body is sent. */
export function call(port: number, { method, path, type, headers: others, body }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { ...others, ...(type !== undefined && { 'content-type': type }) };
    const sending = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const { 'content-type': answerType = '', location } = answered;
      const resolveWith = (text: string) => resolve({ status, type: answerType, location, body: text });
      // A stream of events has no end.
      if (answerType.startsWith('text/event-stream')) {
        resolveWith('');
        response.destroy();
        return;
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolveWith(text));
    });
    sending.setTimeout(answerTimeoutMs, () => sending.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)));
    sending.on('error', reject);
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) sending.end(body);
    else Readable.from(chunks(body.bytes)).pipe(sending);
  });
}

function* chunks(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

/** Bytes that may be no HTTP at all. Resolves with what came back when the server has closed the connection. */
export function callRaw(port: number, bytes: string | Buffer): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    // A reset after the answer is as good as an end.
    socket.on('error', () => {});
    socket.on('close', () => resolve(parseAnswer(text)));
  });
}

function parseAnswer(text: string): HttpAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const field = (pattern: RegExp) => pattern.exec(head)?.[1];
  return {
    status: Number(field(/^HTTP\/1\.1 (\d+)/)),
    type: field(/^content-type: (.*)$/im)?.trim() ?? '',
    location: field(/^location: (.*)$/im)?.trim(),
    body,
  };
}

/** Begins a request and leaves it there; resolves when the bytes are out. */
export function leaveOpen(port: number, bytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => resolve(socket)));
    socket.on('error', reject);
  });
}

/** What is wrong with an answer that should be a problem of the client's; undefined where nothing is. */
export function faultOf(answer: HttpAnswer): string | undefined {
  const { status, type, body } = answer;
  if (status < 400 || status >= 500) return `answered ${status}: ${body.slice(0, 200)}`;
  if (!type.startsWith('application/problem+json')) return `answered ${status} as ${type || 'nothing'}: ${body}`;
  if (/node_modules|\.ts:|\n\s+at /.test(body)) return `tells of its inside: ${body}`;
  const problem: unknown = JSON.parse(body);
  const { code, detail, status: told } = problem as Record<string, unknown>;
  const isWhole = typeof code === 'string' && code !== 'internal' && typeof detail === 'string' && detail.length > 0;
  return isWhole && told === status ? undefined : `is no whole problem: ${body}`;
}
