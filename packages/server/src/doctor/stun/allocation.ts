import { openStunConnection, type StunConnection, type StunConnectionOptions, type StunServer } from './connection.ts';
import {
  addressIn,
  type Endpoint,
  hasIntegrity,
  longTermKey,
  newTransactionId,
  parseStunMessage,
  refusalIn,
  StunError,
  type StunMessage,
  stunAttributes,
  stunTypes,
} from './message.ts';

export interface LongTermCredential {
  readonly username: string;
  readonly credential: string;
}

/** The TURN server said no. */
export class TurnRefusal extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`${code} ${reason}`.trim());
    this.name = 'TurnRefusal';
    this.code = code;
  }
}

/** The protocol that is relayed, in the first byte: UDP (RFC 8656, section 18.8). */
const relayedUdp = Buffer.from([17, 0, 0, 0]);
const noLifetime = Buffer.alloc(4);

/**
 * Takes an allocation as a client does (RFC 8656, section 7), and gives it back.
 * @returns the relayed address
 * @throws TurnRefusal, or another Error where no usable answer comes
 */
export async function tryAllocation(
  server: StunServer,
  credential: LongTermCredential,
  options: StunConnectionOptions,
): Promise<Endpoint> {
  const connection = await openStunConnection(server, options);
  try {
    const asking = new Asking(connection, credential);
    const answer = await asking.ask(stunTypes.allocateRequest, [[stunAttributes.requestedTransport, relayedUdp]]);
    const relayed = addressIn(answer, stunAttributes.xorRelayedAddress);
    if (relayed === undefined) throw new StunError('an allocation without an address');
    await asking.ask(stunTypes.refreshRequest, [[stunAttributes.lifetime, noLifetime]]);
    return relayed;
  } finally {
    connection.close();
  }
}

type Attributes = readonly (readonly [type: number, value: Buffer])[];

/** Long-term credentials (RFC 8489, section 9.2): the server names realm and nonce when it is asked without. */
class Asking {
  readonly #connection: StunConnection;
  readonly #credential: LongTermCredential;
  #realm: Buffer | undefined;
  #nonce: Buffer | undefined;

  constructor(connection: StunConnection, credential: LongTermCredential) {
    this.#connection = connection;
    this.#credential = credential;
  }

  async ask(type: number, attributes: Attributes): Promise<StunMessage> {
    const first = await this.#exchange(type, attributes);
    const refusal = refusalIn(first);
    if (refusal === undefined) return first;
    const isChallenge = refusal.code === 438 || (refusal.code === 401 && this.#nonce === undefined);
    const [realm, nonce] = [first.attributes.get(stunAttributes.realm), first.attributes.get(stunAttributes.nonce)];
    if (!isChallenge || realm === undefined || nonce === undefined) throw new TurnRefusal(refusal.code, refusal.reason);
    this.#realm = realm;
    this.#nonce = nonce;
    const second = await this.#exchange(type, attributes);
    const final = refusalIn(second);
    if (final !== undefined) throw new TurnRefusal(final.code, final.reason);
    return second;
  }

  async #exchange(type: number, attributes: Attributes): Promise<StunMessage> {
    const transactionId = newTransactionId();
    if (this.#realm === undefined || this.#nonce === undefined)
      return parseStunMessage(await this.#connection.exchange({ type, transactionId, attributes }));
    const { username, credential } = this.#credential;
    const key = longTermKey(username, this.#realm.toString(), credential);
    const identity = [
      [stunAttributes.username, Buffer.from(username)],
      [stunAttributes.realm, this.#realm],
      [stunAttributes.nonce, this.#nonce],
    ] as const;
    const request = { type, transactionId, attributes: [...attributes, ...identity] };
    const answer = parseStunMessage(await this.#connection.exchange(request, key));
    // Only who knows the secret can have answered so.
    if (refusalIn(answer) === undefined && !hasIntegrity(answer, key))
      throw new StunError('an answer that is not signed with the credential');
    return answer;
  }
}
