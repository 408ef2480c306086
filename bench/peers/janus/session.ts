import { randomUUID } from 'node:crypto';

const PLUGIN = 'janus.plugin.videoroom';

export interface Jsep {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

interface Message {
  readonly janus: string;
  readonly transaction?: string;
  readonly sender?: number;
  readonly session_id?: number;
  readonly data?: { readonly id: number };
  readonly error?: { readonly code: number; readonly reason: string };
  readonly plugindata?: { readonly data: Readonly<Record<string, unknown>> };
  readonly jsep?: Jsep;
}

export interface PluginReply {
  readonly data: Readonly<Record<string, unknown>>;
  readonly jsep: Jsep | undefined;
}

/** A session of Janus's HTTP interface: requests by POST, what the plugin says to them by long polls. */
export class JanusSession {
  readonly #url: string;
  readonly #waiting = new Map<string, (message: Message) => void>();
  readonly #abort = new AbortController();

  private constructor(url: string) {
    this.#url = url;
    void this.#poll();
  }

  static async open(url: string): Promise<JanusSession> {
    const { data } = await post(url, { janus: 'create' });
    if (data === undefined) throw new Error('Janus gave no session');
    return new JanusSession(`${url}/${data.id}`);
  }

  /** A handle for the video room plugin: one peer connection. */
  async attach(): Promise<number> {
    const { data } = await post(this.#url, { janus: 'attach', plugin: PLUGIN });
    if (data === undefined) throw new Error('Janus gave no handle');
    return data.id;
  }

  /** Resolves to what the plugin says to it. */
  async message(handle: number, body: object, jsep?: Jsep): Promise<PluginReply> {
    const transaction = randomUUID();
    const answered = new Promise<Message>((resolve) => this.#waiting.set(transaction, resolve));
    const first = await post(`${this.#url}/${handle}`, { janus: 'message', transaction, body, jsep });
    const reply = first.janus === 'ack' ? await answered : first;
    this.#waiting.delete(transaction);
    const data = reply.plugindata?.data ?? {};
    if ('error' in data) throw new Error(`Janus refused ${JSON.stringify(body)}: ${JSON.stringify(data)}`);
    return { data, jsep: reply.jsep };
  }

  async #poll(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        const response = await fetch(`${this.#url}?maxev=20&rid=${Date.now()}`, { signal });
        const found = (await response.json()) as Message | Message[];
        for (const message of [found].flat()) this.#waiting.get(message.transaction ?? '')?.(message);
      } catch (error) {
        if (!signal.aborted) console.error(error);
      }
    }
  }

  close(): void {
    this.#abort.abort();
  }
}

async function post(url: string, body: object): Promise<Message> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ transaction: randomUUID(), ...body }),
  });
  const message = (await response.json()) as Message;
  if (message.error !== undefined) throw new Error(`Janus: ${message.error.code} ${message.error.reason}`);
  return message;
}
