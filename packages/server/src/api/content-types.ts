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

export function contentTypesOf(request: FastifyRequest): readonly string[] {
  return request.routeOptions.config.contentTypes ?? [json];
}

/** The framework's JSON parser, but saying where the text breaks. */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(json, { parseAs: 'string' }, (request, body, done) => {
    parse(request, body, (error, value) => done(error && (syntaxError(body) ?? error), value));
  });
}

function syntaxError(body: string): AppError | undefined {
  if (body === '') return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch (error) {
    return new AppError('malformed_json', error instanceof Error ? error.message : String(error));
  }
}

/** Bodies are session descriptions here, as text, and nothing else. */
export function takeDescriptions(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([sdp, sdpFragment], { parseAs: 'string', bodyLimit }, (_request, body, done) => {
    done(null, body);
  });
}

/** The text of a body, and what it is. @throws AppError unsupported_media_type where there is none */
export function descriptionOf(request: FastifyRequest): { type: string; text: string } {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const taken = contentTypesOf(request);
  if (typeof request.body !== 'string' || !taken.includes(type))
    throw new AppError('unsupported_media_type', `Content-Type must be ${taken.join(' or ')} here.`);
  return { type, text: request.body };
}
