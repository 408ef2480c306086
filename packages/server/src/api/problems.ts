import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { open } from './access.ts';
import { wrongType } from './content-types.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Answers with problem details (RFC 9457), whatever the client accepts: they are for its log. */
export function sendProblem(reply: FastifyReply, error: AppError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  if (error.allow !== undefined) reply.header('allow', error.allow.join(', '));
  const challenge = challengeOf(error);
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  return reply
    .code(error.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(error.toProblem()));
}

/** RFC 6750, section 3: without a word about an error where no token came. */
export function challengeOf({ code, status, message }: AppError): string | undefined {
  if (code === 'unauthorized') return 'Bearer realm="bitbasel"';
  const error = status === 401 ? 'invalid_token' : 'insufficient_scope';
  if (status !== 401 && status !== 403) return undefined;
  return `Bearer realm="bitbasel", error="${error}", error_description="${message.replaceAll(/["\\]/g, "'")}"`;
}

/** Puts every error in the catalogue's form; what is not for the client is logged and told as `internal`. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof AppError) return sendProblem(reply, error);
  const known = error instanceof Error ? fromFramework(error, request) : undefined;
  if (known !== undefined) return sendProblem(reply, known);
  request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
  return sendProblem(reply, new AppError('internal', 'The server could not do this. Its log says more.'));
}

/** The framework's own refusals; `code` is stable there too. */
function fromFramework(error: Partial<FastifyError>, request: FastifyRequest): AppError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongType(request);
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('body_too_large', 'The body is longer than is taken here.');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new AppError('malformed_json', 'The body has a key that is never taken, such as __proto__.');
    default:
      if (error.statusCode === undefined || error.statusCode < 400 || error.statusCode >= 500) return undefined;
      return new AppError('bad_request', 'The request is malformed: its URL, its headers, or the length of its body.');
  }
}

/** Gives every route a 405 with `Allow` (RFC 9110, section 15.5.6) for the methods that it has not got. */
export function refuseOtherMethods(app: FastifyInstance, routes: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, taken] of routes) {
    const allow = methods.filter((method) => taken.has(method));
    const others = methods.filter((method) => !taken.has(method));
    if (others.length === 0) continue;
    const refuse = async (request: FastifyRequest) => {
      throw new AppError('method_not_allowed', `${request.method} is not for this URL; use ${allow.join(', ')}.`, {
        allow,
      });
    };
    // Refused before the body is read, so that its type or size does not hide the reason.
    app.route({ method: others, url, config: { access: open }, onRequest: refuse, handler: refuse });
  }
}
