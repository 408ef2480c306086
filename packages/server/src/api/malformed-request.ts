import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors.ts';

/** As Node's HTTP parser tells it. */
interface ParseError extends Error {
  readonly code?: string;
  /** What was read last: all of the request as a rule, but the end of one that came in parts. */
  readonly rawPacket?: Buffer;
}

/** Answers what never became a request, with a problem as everything else, and hangs up. For a server's `clientError`. */
export function refuseMalformed(error: ParseError, connection: Duplex): void {
  // Reset by the client, or answered already.
  if (error.code === 'ECONNRESET' || !connection.writable) {
    connection.destroy();
    return;
  }
  const refusal = refusalOf(error.code);
  const body = JSON.stringify(refusal.toProblem());
  // RFC 9110, section 9.3.2: the answer to HEAD has the other's headers, and no content.
  const isHead = error.rawPacket?.toString('latin1', 0, 5) === 'HEAD ';
  connection.end(
    [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      isHead ? '' : body,
    ].join('\r\n'),
  );
}

function refusalOf(code: string | undefined): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', 'The request line and headers together are longer than 16 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('request_too_slow', 'The request did not come to its end in time.');
    default:
      return new AppError('bad_request', 'This is no proper HTTP/1.1: a request line, headers, and an empty line.');
  }
}
