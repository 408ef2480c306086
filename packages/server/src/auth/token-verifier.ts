import { createHash } from 'node:crypto';
import { tokenClaimsSchema } from '@bitbasel/protocol';
import { errors, jwtVerify } from 'jose';
import { AppError } from '../errors.ts';
import type { Credential, QualityCaps } from './credential.ts';
import { algorithms, type FindKey } from './token-keys.ts';

/** Clocks of the issuer and of this server may differ by so much. */
const clockToleranceSeconds = 5;

export interface TokenVerifierOptions {
  readonly keys: FindKey;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly nowMs: () => number;
}

/** Tells good tokens from others. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
  }

  /** @throws AppError invalid_token or token_expired; auth_unavailable where the JWKS URL does not answer */
  async verify(token: string): Promise<Credential> {
    const { keys, issuer, audience, nowMs } = this.#options;
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        requiredClaims: ['exp'],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(nowMs()),
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
      });
      return credentialOf(payload, token);
    } catch (error) {
      throw told(error);
    }
  }
}

function credentialOf(payload: unknown, token: string): Credential {
  const claims = tokenClaimsSchema.safeParse(payload);
  if (!claims.success) {
    const places = claims.error.issues.map(({ path }) => path.join('.'));
    throw new AppError('invalid_token', `The token is signed well, but not with claims as they must be: ${places}.`);
  }
  const { room, grants, sub, name, jti, exp, caps = {} } = claims.data;
  return {
    tokenId: jti ?? null,
    subject: sub ?? null,
    name: name ?? null,
    grants,
    rooms: room,
    caps: qualityCaps(caps),
    expiresAtMs: (exp + clockToleranceSeconds) * 1000,
    digest: createHash('sha256').update(token).digest('base64'),
  };
}

type TokenCaps = NonNullable<ReturnType<typeof tokenClaimsSchema.parse>['caps']>;

function qualityCaps({ max_height, max_bitrate_kbps, max_framerate }: TokenCaps): QualityCaps {
  return {
    ...(max_height === undefined ? {} : { maxHeight: max_height }),
    ...(max_bitrate_kbps === undefined ? {} : { maxBitrateBps: max_bitrate_kbps * 1000 }),
    ...(max_framerate === undefined ? {} : { maxFramerate: max_framerate }),
  };
}

/** One answer for all that is wrong with a token, but that it is too old: who forged it learns nothing from it. */
function told(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTExpired)
    return new AppError('token_expired', 'The token has expired. Ask for another.');
  const isOfToken =
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof TypeError;
  if (isOfToken) return new AppError('invalid_token', 'The token is not valid here.', { cause: error });
  return new AppError('auth_unavailable', 'The keys of tokens could not be fetched. Try again later.', {
    retryAfterSeconds: 5,
    cause: error,
  });
}
