import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

export type Respond = (request: IncomingMessage, body: string) => Reply;

/** A server that answers as it is told, on a free port of loopback. */
export async function serve(respond: Respond): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body = '' } = respond(request, await text(request));
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
