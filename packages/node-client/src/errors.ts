import { advice } from './advice.ts';

/** What is known of an error beside its text. */
export interface ErrorParts {
  /** The HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  readonly code: string;
  readonly detail: string;
  readonly isRetryable?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly faults?: readonly string[];
  readonly cause?: unknown;
}

/** The media server refused a call. */
export class MediaServerError extends Error {
  /** The HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** Stable, the word to branch on, for example `room_not_found`. */
  readonly code: string;
  /** What was wrong, and what would be right. */
  readonly detail: string;
  /** Whether the same call may succeed later. */
  readonly isRetryable: boolean;
  /** After how long, where the server says so. */
  readonly retryAfterMs: number | undefined;
  /** The places of a body that were wrong. */
  readonly faults: readonly string[];

  constructor({ status, code, detail, isRetryable = false, retryAfterMs, faults = [], cause }: ErrorParts) {
    super(status === undefined ? `${code}: ${detail}` : `${status} ${code}: ${detail}`, { cause });
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.isRetryable = isRetryable;
    this.retryAfterMs = retryAfterMs;
    this.faults = faults;
  }

  /** What to do about it; undefined for a code that this version does not know. */
  get advice(): string | undefined {
    return advice[this.code];
  }
}

/** No answer came: the server is down, unreachable or too slow. `code` is `unavailable`. */
export class MediaServerUnavailable extends MediaServerError {
  constructor(detail: string, cause?: unknown) {
    super({ status: undefined, code: 'unavailable', detail, isRetryable: true, cause });
  }
}

/** 401 or 403: there was no token, or not a good one, or it is for something else. */
export class NotAuthorized extends MediaServerError {}

/** 404: there is no such room or session, or not any more. */
export class NotFound extends MediaServerError {}

/** 409: the room is somebody else's, has its host already, or is not live. */
export class Conflict extends MediaServerError {}

/** 429: too many calls from this address, or by this user. */
export class RateLimited extends MediaServerError {}

const kinds: Readonly<Record<number, typeof MediaServerError | undefined>> = {
  401: NotAuthorized,
  403: NotAuthorized,
  404: NotFound,
  409: Conflict,
  429: RateLimited,
};

/** Reads problem details (RFC 9457); a proxy's own page becomes `http_502` and the like. */
export function errorOf({ status, statusText, headers }: Response, body: string): MediaServerError {
  const problem = objectOf(body);
  const text = (key: string) => (typeof problem[key] === 'string' && problem[key] !== '' ? problem[key] : undefined);
  const Kind = kinds[status] ?? MediaServerError;
  return new Kind({
    status,
    code: text('code') ?? `http_${status}`,
    detail: text('detail') ?? text('title') ?? statusText,
    isRetryable: problem.retryable === true,
    retryAfterMs: millisecondsOf(headers.get('retry-after')),
    faults: faultsOf(problem.errors),
  });
}

/** The object that the text is; an empty one where it is something else. */
function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The server sends seconds. A proxy may send a date, which is as good as nothing: clocks differ. */
function millisecondsOf(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
}

function faultsOf(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  return errors
    .filter((fault) => typeof fault === 'object' && fault !== null)
    .map(({ path, message }) => `${path}: ${message}`);
}
