import { errorCatalogue } from '../../packages/server/src/errors.ts';
import { call, type HttpAnswer, leaveOpen } from '../hostile/http-call.ts';
import type { FuzzedCall } from './http-inputs.ts';
import type { Stage } from './stage.ts';

/** The least of the server's limits, in bytes. */
const bodyAlwaysRead = 64 * 1024;
/** A little less than the server's limit of 16 KiB: what the client adds by itself is not counted. */
const headAlwaysRead = 15 * 1024;

/**
 * Makes the call.
 * @returns the status of the answer
 * @throws Error where the server breaks, or says anything but what its errors are documented to be
 */
export async function tryCall(port: number, stage: Stage, input: FuzzedCall): Promise<readonly string[]> {
  const body = typeof input.body === 'string' ? stage.fillIn(input.body) : input.body;
  // Node's client leaves it out where a method has no body as a rule; what is sent then would be the next request.
  const headers = { ...input.headers, 'content-length': String(Buffer.byteLength(body)) };
  const filledIn = { ...input, path: stage.fillIn(input.path), headers, body };
  if (input.isCut) {
    await breakOff(port, filledIn);
    return ['cut'];
  }
  const answer = await call(port, filledIn).catch((error: NodeJS.ErrnoException) => {
    // Refused for its length, and closed, while the client was still sending.
    if (body.length > bodyAlwaysRead && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) return undefined;
    // Headers so long that they came in parts, refused before anything knew the method: the refusal has a body then.
    if (input.method === 'HEAD' && error.code === 'HPE_CLOSED_CONNECTION' && headLength(filledIn) > headAlwaysRead)
      return undefined;
    throw error;
  });
  if (answer === undefined) return ['broken off'];
  const fault = faultOfAny(filledIn, answer);
  if (fault !== undefined) throw new Error(`${filledIn.method} ${filledIn.path}: ${fault}`);
  return [String(answer.status)];
}

/** Bytes of the request line and the headers, about. */
function headLength({ path, headers = {} }: FuzzedCall): number {
  return path.length + Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** Sends the head and half of the body, and closes the connection. */
async function breakOff(port: number, { method, path, type, body }: FuzzedCall): Promise<void> {
  const bytes = Buffer.from(body);
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length + 1}\r\n\r\n`;
  const socket = await leaveOpen(port, head + bytes.subarray(0, bytes.length / 2).toString('latin1'));
  socket.destroy();
}

/** What is wrong with an answer to any call, right or wrong; undefined where nothing is. */
function faultOfAny({ method, path }: FuzzedCall, answer: HttpAnswer): string | undefined {
  const { status, type, body } = answer;
  if (status < 400) return undefined;
  if (status >= 500 && status !== 503) return `answered ${status}: ${body}`;
  if (status === 503 && path.startsWith('/health/ready')) return undefined;
  if (!type.startsWith('application/problem+json')) return `answered ${status} as ${type || 'nothing'}: ${body}`;
  if (method === 'HEAD') return undefined;
  if (/node_modules|\.ts:|\n\s+at /.test(body)) return `tells of its inside: ${body}`;
  return faultOfProblem(status, JSON.parse(body));
}

const statuses: ReadonlyMap<string, number> = new Map(
  Object.entries(errorCatalogue).map(([code, { status }]) => [code, status]),
);

function faultOfProblem(status: number, problem: Record<string, unknown>): string | undefined {
  const { code, detail, title, status: told } = problem;
  const isKnown = typeof code === 'string' && statuses.get(code) === status && told === status;
  const isWhole = typeof detail === 'string' && detail.length > 0 && typeof title === 'string';
  return isKnown && isWhole ? undefined : `answered ${status} with ${JSON.stringify(problem)}`;
}
