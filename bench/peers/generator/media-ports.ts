import { findFreePort } from '../../../packages/server/src/transport/datachannel/media-port.ts';
import { address } from '../network.ts';

/** Below those that systems and servers take ports of their own choice from (32768 and up on Linux). */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

let next = FIRST_PORT;

/** Free UDP ports for generated peers, each given once in a round of them: a peer that cannot bind its port would end its process. */
export async function takeMediaPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = next;
    // By then the servers and viewers that had the first ones are gone.
    next = port === LAST_PORT ? FIRST_PORT : port + 1;
    const isFree = await findFreePort(address, port).then(
      () => true,
      () => false,
    );
    if (isFree) ports.push(port);
  }
  return ports;
}
