import { randomUUID } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';

/** `publish` and `watch` media of a room; `manage`: create, look at and stop it, and kick. */
export type Grant = 'publish' | 'watch' | 'manage';
export type Algorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA';

/** No more than this is sent to the bearer, or forwarded from it. */
export interface Caps {
  readonly maxHeight?: number | undefined;
  readonly maxBitrateKbps?: number | undefined;
  readonly maxFramerate?: number | undefined;
}

export interface MinterOptions {
  /** Default HS256. */
  readonly algorithm?: Algorithm | undefined;
  /** The server's `auth.issuer` and `auth.audience`, where it has them. */
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** Names the key in a JWKS. */
  readonly keyId?: string | undefined;
}

export interface TokenLife {
  /** Default an hour, for a manager five minutes. */
  readonly ttlSeconds?: number | undefined;
  readonly caps?: Caps | undefined;
}

export interface TokenContent extends TokenLife {
  /** Who bears it: the server takes this for the user id. */
  readonly userId?: string | undefined;
  /** Shown in the chat; the server leaves out one that it could not show. */
  readonly name?: string | undefined;
  /** A kick keeps out the token by it; where it has none, the user from that room, until the token has expired. */
  readonly tokenId?: string | undefined;
  /** Default: the time. */
  readonly nowMs?: number | undefined;
}

const roomPattern = /^[A-Za-z0-9._~:@*-]{1,128}$/;
const userPattern = /^[^\p{Cc}]{1,256}$/u;
const known: readonly Grant[] = ['publish', 'watch', 'manage'];
const mostOf = { maxHeight: 16_384, maxBitrateKbps: 1_000_000, maxFramerate: 1000 } as const;
const leastSecretCharacters = 32;

/** Makes the tokens that the media server takes. */
export class TokenMinter {
  readonly #key: () => ReturnType<typeof importPKCS8> | Uint8Array;
  readonly #options: MinterOptions;

  /**
   * @param key the server's shared secret (`auth.secret`), for HS256, or a private key (PKCS #8, PEM) whose public half
   * the server has
   * @throws RangeError where it cannot be a secret of the server's
   */
  constructor(key: string, options: MinterOptions = {}) {
    const { algorithm = 'HS256' } = options;
    this.#options = { ...options, algorithm };
    if (algorithm === 'HS256') {
      if (key.length < leastSecretCharacters)
        throw new RangeError('The secret is too short: the media server asks for 32 characters.');
      const bytes = new TextEncoder().encode(key);
      this.#key = () => bytes;
    } else {
      let imported: ReturnType<typeof importPKCS8> | undefined;
      this.#key = () => (imported ??= importPKCS8(key, algorithm));
    }
  }

  /**
   * A token for a room, or for those that a pattern fits (`*` stands for any characters).
   * @throws RangeError where the server would not take it
   */
  async mint(room: string, grants: readonly Grant[], content: TokenContent = {}): Promise<string> {
    const { userId, name, tokenId, caps, ttlSeconds = 3600, nowMs = Date.now() } = content;
    const { algorithm = 'HS256', issuer, audience, keyId } = this.#options;
    const issuedAt = Math.floor(nowMs / 1000);
    const claims = { room: checkedRoom(room), grants: checkedGrants(grants), name, caps: capsClaim(caps) };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + Math.floor(ttlSeconds));
    if (userId !== undefined) token.setSubject(checkedUser(userId));
    if (tokenId !== undefined) token.setJti(tokenId);
    if (issuer !== undefined) token.setIssuer(issuer);
    if (audience !== undefined) token.setAudience(audience);
    return token.sign(await this.#key());
  }

  /** A token to publish in this room and watch it, good for this user. */
  forHost(roomId: string, userId: string, life: TokenLife = {}): Promise<string> {
    return this.mint(roomId, ['publish', 'watch'], { ...life, userId });
  }

  /** A token to watch this room. Of one without a user, a kick ends that token alone. */
  forViewer(roomId: string, userId?: string, life: TokenLife = {}): Promise<string> {
    const who = userId === undefined ? { tokenId: randomUUID() } : { userId };
    return this.mint(roomId, ['watch'], { ...life, ...who });
  }

  /** A token for the backend itself: to create, look at and stop rooms, and to kick. */
  forManager(room = '*', { ttlSeconds = 300 }: Pick<TokenLife, 'ttlSeconds'> = {}): Promise<string> {
    return this.mint(room, ['manage'], { ttlSeconds });
  }
}

function checkedRoom(room: string): string {
  if (!roomPattern.test(room)) throw new RangeError(`${JSON.stringify(room)} is no room id, and no pattern of such.`);
  return room;
}

function checkedGrants(grants: readonly Grant[]): readonly Grant[] {
  if (!Array.isArray(grants) || grants.length === 0)
    throw new RangeError('A token needs a list of grants: publish, watch, manage.');
  for (const grant of grants) if (!known.includes(grant)) throw new RangeError(`There is no grant ${grant}.`);
  return grants;
}

function checkedUser(userId: string): string {
  if (!userPattern.test(userId)) throw new RangeError('A user id has 1 to 256 characters, and no control characters.');
  return userId;
}

function capsClaim(caps: Caps | undefined): object | undefined {
  if (caps === undefined) return undefined;
  for (const name of ['maxHeight', 'maxBitrateKbps', 'maxFramerate'] as const) {
    const value = caps[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= mostOf[name]))
      throw new RangeError(`${name}: ${value} is no cap of a token.`);
  }
  const { maxHeight, maxBitrateKbps, maxFramerate } = caps;
  return { max_height: maxHeight, max_bitrate_kbps: maxBitrateKbps, max_framerate: maxFramerate };
}
