import { type Call, type JsonObject, UnexpectedAnswer } from './call.ts';
import { errorOf, MediaServerError, MediaServerUnavailable } from './errors.ts';

/**
 * How often a call is made again, and how long the pauses are. They grow by a factor of two, each less a random part of
 * up to half, so that many callers do not come back at the same moment. The server's Retry-After is honoured; where it
 * asks for more than `longestWaitMs`, the error is thrown at once, and holds it.
 */
export interface RetryPolicy {
  readonly retries: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const defaultRetry: RetryPolicy = { retries: 2, firstWaitMs: 200, longestWaitMs: 5_000 };
export const noRetry: RetryPolicy = { ...defaultRetry, retries: 0 };

/** Of these the request has never left, so that the server cannot have done anything. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const busy = new Set([429, 502, 503, 504]);

/**
 * How long to wait after this attempt (from 0), or undefined to give up.
 * @param chance from 0 to 1
 */
export function waitMs(
  { retries, firstWaitMs, longestWaitMs }: RetryPolicy,
  attempt: number,
  retryAfterMs: number | undefined,
  chance: number,
): number | undefined {
  if (attempt >= retries) return undefined;
  if (retryAfterMs === undefined) return Math.min(longestWaitMs, firstWaitMs * 2 ** attempt) * (1 - chance / 2);
  // Not sooner than was asked for.
  return retryAfterMs > longestWaitMs ? undefined : retryAfterMs + firstWaitMs * chance;
}

export type Outcome<Answer> = { readonly answer: Answer } | { readonly waitMs: number };

/** One call until it has succeeded or is given up: what became of each attempt comes in. No clock and no socket. */
export class Attempts<Answer> {
  readonly #call: Call<Answer>;
  readonly #policy: RetryPolicy;
  readonly #where: string;
  #attempt = 0;
  /** The server may have carried out an attempt whose answer was lost. */
  #mayBeDone = false;

  constructor(call: Call<Answer>, policy: RetryPolicy, url: string) {
    this.#call = call;
    this.#policy = policy;
    this.#where = `${call.method} ${url}`;
  }

  /** @throws MediaServerError */
  answered(response: Response, body: string): Outcome<Answer> {
    const { alsoAnswers, isRepeatable = true } = this.#call;
    if (response.ok || alsoAnswers?.includes(response.status)) return { answer: this.#read(response, body) };
    const error = errorOf(response, body);
    if (this.#mayBeDone && response.status === 404 && this.#call.whenGone) return { answer: this.#call.whenGone() };
    const isRefusal = response.status === 429 || (response.status === 503 && error.isRetryable);
    if (!isRefusal && response.status >= 500) this.#mayBeDone = true;
    const isPassing = busy.has(response.status) || (response.status === 500 && error.isRetryable);
    return this.#next(error, isPassing && (isRefusal || isRepeatable));
  }

  /** @throws MediaServerError */
  failed(cause: unknown, timeoutMs: number): Outcome<Answer> {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
    const why = isTimeout ? `no answer within ${timeoutMs} ms` : reasonOf(cause);
    const isUnsent = unsent.has(codeOf(cause));
    this.#mayBeDone ||= !isUnsent;
    const error = new MediaServerUnavailable(`${this.#where}: ${why}`, cause);
    return this.#next(error, isUnsent || (this.#call.isRepeatable ?? true));
  }

  #next(error: MediaServerError, canRepeat: boolean): Outcome<Answer> {
    const pauseMs = waitMs(this.#policy, this.#attempt, error.retryAfterMs, Math.random());
    if (!canRepeat || pauseMs === undefined) throw error;
    this.#attempt += 1;
    return { waitMs: pauseMs };
  }

  #read({ status }: Response, body: string): Answer {
    try {
      const answer: unknown = JSON.parse(body);
      if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw new UnexpectedAnswer();
      return this.#call.read(answer as JsonObject);
    } catch (cause) {
      const detail = `${this.#where} answered something else than is documented: is it a media server?`;
      throw new MediaServerError({ status, code: 'bad_answer', detail, cause });
    }
  }
}

/** The code of the system's error, which fetch hides in the cause of its own. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === error ? '' : codeOf(error.cause);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : codeOf(error) || error.message;
}
