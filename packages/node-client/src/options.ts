import { defaultRetry, type RetryPolicy } from './retry.ts';

/** A token, or what makes one for each call. */
export type Token = string | (() => string | Promise<string>);

/** How calls are made: by whom, how patiently, and until when. */
export interface CallOptions {
  /** Where the server asks for one: with the grant `manage` for the rooms in question. */
  readonly token?: Token | undefined;
  /** What an attempt may take to be answered in full. Default 10 s. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Gives the call up, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Options {
  readonly token: Token | undefined;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal | undefined;
}

export const defaultOptions: Options = { token: undefined, timeoutMs: 10_000, retry: defaultRetry, signal: undefined };

/** Those that are given take the places of those before; two signals hold both. */
export function changed(options: Options, { token, timeoutMs, retry, signal }: CallOptions): Options {
  return {
    token: token ?? options.token,
    timeoutMs: timeoutMs ?? options.timeoutMs,
    retry: retry ?? options.retry,
    signal: bothSignals(options.signal, signal),
  };
}

export function bothSignals(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one && other ? AbortSignal.any([one, other]) : (one ?? other);
}

export async function headersOf({ token }: Options): Promise<Record<string, string>> {
  if (token === undefined) return {};
  return { authorization: `Bearer ${typeof token === 'string' ? token : await token()}` };
}
