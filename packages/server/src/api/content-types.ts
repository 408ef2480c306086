import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route's body may be. Default: JSON. */
    contentTypes?: readonly string[];
  }
}

const json = 'application/json';
export const sdp = 'application/sdp';
/** RFC 8840, section 9. */
export const sdpFragment = 'application/trickle-ice-sdpfrag';

function contentTypesOf(request: FastifyRequest): readonly string[] {
  return request.routeOptions.config.contentTypes ?? [json];
}

/** The framework's JSON parser, but saying where the text breaks. Nothing at all is no body, whatever its type. */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(json, { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body, (error, value) => done(error && (syntaxError(body) ?? error), value));
  });
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, body, done) => {
    done(body === '' ? null : wrongType(request), undefined);
  });
}

function syntaxError(body: string): AppError | undefined {
  try {
    JSON.parse(body);
    return undefined;
  } catch (error) {
    return new AppError('malformed_json', error instanceof Error ? error.message : String(error));
  }
}

/** Bodies are session descriptions here, as text; `descriptionOf` looks at their type. */
export function takeDescriptions(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => {
    done(null, body);
  });
}

/** For a body of a type that the route does not take. */
export function wrongType(request: FastifyRequest): AppError {
  return new AppError('unsupported_media_type', `Content-Type must be ${contentTypesOf(request).join(' or ')} here.`);
}

/** The text of a body, and what it is. @throws AppError unsupported_media_type where there is none */
export function descriptionOf(request: FastifyRequest): { type: string; text: string } {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (typeof request.body !== 'string' || !contentTypesOf(request).includes(type)) throw wrongType(request);
  return { type, text: request.body };
}
