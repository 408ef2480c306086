import type { Problem, Ticket } from '@bitbasel/protocol';

/** Longer than a busy server takes, shorter than anybody waits. */
const timeoutMs = 10_000;

/** What the server answered in place of what was asked for. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, detail }: Partial<Problem>) {
    super(detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = code ?? `http_${status}`;
  }
}

/** The calls of the dashboard, by one token. */
export class MediaServerApi {
  readonly #headers: Record<string, string>;

  constructor(token: string | undefined) {
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** @throws Refusal */
  async get<Answer>(path: string): Promise<Answer> {
    return (await this.#call('GET', path)).json();
  }

  /** Also a 503, which is an answer of `/health/ready`. */
  async look<Answer>(path: string): Promise<Answer> {
    return (await this.#call('GET', path, [503])).json();
  }

  async text(path: string): Promise<string> {
    return (await this.#call('GET', path)).text();
  }

  /** What is gone already is what was wanted. */
  async remove(path: string): Promise<void> {
    await this.#call('DELETE', path, [404]);
  }

  /** For an EventSource, which can set no header. */
  async ticket(): Promise<string> {
    const response = await this.#call('POST', '/tickets');
    return ((await response.json()) as Ticket).ticket;
  }

  async #call(method: string, path: string, answers: readonly number[] = []): Promise<Response> {
    const headers = { accept: 'application/json', ...this.#headers };
    const response = await fetch(path, { method, headers, signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok || answers.includes(response.status)) return response;
    throw new Refusal(response.status, await response.json().catch(() => ({})));
  }
}
