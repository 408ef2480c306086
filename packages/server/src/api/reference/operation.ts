import type { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';

/** One answer that is no error. */
export interface Answer {
  readonly description: string;
  /** Schema of a JSON body. */
  readonly json?: z.ZodType;
  /** Content type of a body that is no JSON. */
  readonly type?: string;
  /** Name of a header, and what it holds. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call as the OpenAPI document shows it. */
export interface Operation {
  /** Stable: generated clients name their functions by it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Schema of a JSON body. */
  readonly json?: z.ZodType;
  /** Content types of a body that is text. */
  readonly text?: readonly string[];
  /** Schema of the query, the one that it is checked with; each parameter says by `describe` what it does. */
  readonly query?: z.ZodObject;
  /** Name of a request header, and what it does. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes beyond those that every body of this type can be refused with. */
  readonly errors?: readonly ErrorCode[];
}

/** The calls of a resource, by method and path: `GET /rooms/{room_id}`. */
export interface Resource {
  readonly tag: string;
  readonly description: string;
  readonly operations: Readonly<Record<`${string} /${string}`, Operation>>;
}

/** What a name in braces stands for, in every path. */
export const pathParameters: Readonly<Record<string, string>> = {
  room_id: "The room's id",
  user_id: "The host's user id, as it was given to /livestream/start",
  session_id:
    'The session, as the Location header or resource_url names it: unguessable, and all that is needed to end it',
  message_id: 'A message of the chat, as it came with it: msg_...',
  stream_id: 'An event stream of the session',
  file: 'Path of a file',
};

/** What a body can be refused with before its call looks at it. */
export const jsonErrors: readonly ErrorCode[] = [
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
  'validation_failed',
];
export const textErrors: readonly ErrorCode[] = ['body_too_large', 'unsupported_media_type'];
/** What an offer can be refused with. */
export const offerErrors: readonly ErrorCode[] = [
  'malformed_sdp',
  'no_ice_credentials',
  'no_fingerprint',
  'no_media',
  'wrong_direction',
  'bad_remote_parameters',
  'bundle_required',
  'rtcp_mux_required',
  'dtls_setup_not_supported',
  'ice_lite_not_supported',
  'too_many_tracks',
  'codec_not_supported',
  'simulcast_too_many_layers',
];
