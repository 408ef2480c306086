import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MediaEvent, mediaEventSchema } from '@bitbasel/protocol';

const key = Buffer.alloc(32, 9);

/** A backend that takes webhooks, refuses every fifth of them, and keeps what it has taken. */
export class WebhookReceiver {
  readonly secret = `whsec_${key.toString('base64')}`;
  /** In the order in which they came, those that came again included. */
  readonly taken: MediaEvent[] = [];
  readonly badSignatures: string[] = [];
  refused = 0;
  readonly #server: Server;
  #calls = 0;

  constructor() {
    this.#server = createServer(async (request, response) => {
      this.#calls += 1;
      const body = await textOf(request);
      if (!isSigned(request, body)) this.badSignatures.push(body);
      if (this.#calls % 5 === 0) {
        this.refused += 1;
        response.writeHead(503).end();
        return;
      }
      this.taken.push(mediaEventSchema.parse(JSON.parse(body)));
      response.writeHead(204).end();
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/hook`;
  }

  /** Each once, as first taken. */
  get distinct(): MediaEvent[] {
    return [...new Map(this.taken.toReversed().map((event) => [event.id, event])).values()].reverse();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function isSigned({ headers }: IncomingMessage, body: string): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
