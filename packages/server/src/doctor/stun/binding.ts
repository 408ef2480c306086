import { openStunConnection, type StunConnectionOptions, type StunServer } from './connection.ts';
import {
  addressIn,
  type Endpoint,
  newTransactionId,
  parseStunMessage,
  StunError,
  stunAttributes,
  stunTypes,
} from './message.ts';

/** Where this machine is seen from, and how long the answer took. */
export interface Binding {
  readonly seenAs: Endpoint;
  readonly roundTripMs: number;
}

/** Asks a STUN server, or a `bitbasel doctor --listen-udp`. @throws Error where no usable answer comes */
export async function askBinding(server: StunServer, options: StunConnectionOptions): Promise<Binding> {
  const connection = await openStunConnection(server, options);
  try {
    const sentMs = performance.now();
    const request = { type: stunTypes.bindingRequest, transactionId: newTransactionId(), attributes: [] };
    const answer = parseStunMessage(await connection.exchange(request));
    const roundTripMs = performance.now() - sentMs;
    const seenAs =
      addressIn(answer, stunAttributes.xorMappedAddress) ?? addressIn(answer, stunAttributes.mappedAddress);
    if (answer.type !== stunTypes.bindingSuccess || seenAs === undefined)
      throw new StunError(`${server.host}:${server.port} answered without an address`);
    return { seenAs, roundTripMs };
  } finally {
    connection.close();
  }
}
