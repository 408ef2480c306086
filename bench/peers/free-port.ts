import { createServer } from 'node:net';
import { address as host } from './network.ts';

/** A TCP port that is free now, for servers which cannot choose one and tell it. */
export async function freeTcpPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}
