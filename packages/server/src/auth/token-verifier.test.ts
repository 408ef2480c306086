import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TokenKeyOptions, tokenKeys } from './token-keys.ts';
import { TokenVerifier } from './token-verifier.ts';

const secret = 'the secret of these tests, long enough';
const nowMs = () => 1_800_000_000_000;
const claims = { room: 'a', grants: ['watch'], exp: nowMs() / 1000 + 60 };

type Key = Parameters<SignJWT['sign']>[0];

const sign = (alg: string, key: Key, kid?: string, extra: object = {}) =>
  new SignJWT({ ...claims, ...extra }).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(key);

function verifier(keys: Omit<TokenKeyOptions, 'jwksCooldownMs'>, options: { issuer?: string; audience?: string } = {}) {
  return new TokenVerifier({ keys: tokenKeys({ ...keys, jwksCooldownMs: 0 }), nowMs, ...options });
}

describe('a key file', () => {
  it.each(['RS256', 'ES256', 'EdDSA'])('checks tokens of %s, and takes no others', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const pem = await exportSPKI(publicKey);
    const checks = verifier({ publicKey: pem });
    expect(await checks.verify(await sign(alg, privateKey))).toMatchObject({ rooms: 'a', grants: ['watch'] });
    const forged = await sign(alg, (await generateKeyPair(alg)).privateKey);
    await expect(checks.verify(forged)).rejects.toMatchObject({ code: 'invalid_token' });
    // The public key is known to all, so it must never serve as a shared secret.
    const confused = await sign('HS256', new TextEncoder().encode(pem));
    await expect(checks.verify(confused)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('is refused at start where it holds a private key, or one of another kind', async () => {
    expect(() => verifier({ publicKey: '-----BEGIN PRIVATE KEY-----' })).toThrow(/private key/);
    const { publicKey } = await generateKeyPair('ES384');
    const pem = await exportSPKI(publicKey);
    expect(() => verifier({ publicKey: pem })).toThrow('it must be an RSA, P-256 or Ed25519 key');
  });
});

describe('claims', () => {
  const key = new TextEncoder().encode(secret);

  it.each([
    ['no expiry', { exp: undefined }],
    ['no grants', { grants: [] }],
    ['unknown grants', { grants: ['rule'] }],
    ['no room', { room: undefined }],
    ['a room that is no pattern', { room: 'a b' }],
    ['a cap that is no number', { caps: { max_height: 'tall' } }],
  ])('with %s are refused', async (_, extra) => {
    await expect(verifier({ secret }).verify(await sign('HS256', key, undefined, extra))).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it('must name the issuer and the audience that are configured', async () => {
    const checks = verifier({ secret }, { issuer: 'backend', audience: 'media' });
    const good = { iss: 'backend', aud: 'media' };
    await expect(checks.verify(await sign('HS256', key, undefined, good))).resolves.toMatchObject({ rooms: 'a' });
    for (const bad of [{}, { ...good, iss: 'other' }, { ...good, aud: 'other' }]) {
      await expect(checks.verify(await sign('HS256', key, undefined, bad))).rejects.toMatchObject({
        code: 'invalid_token',
      });
    }
  });

  it('tell the caps in the units of the media', async () => {
    const caps = { max_height: 360, max_bitrate_kbps: 800, max_framerate: 15 };
    expect(await verifier({ secret }).verify(await sign('HS256', key, undefined, { caps }))).toMatchObject({
      caps: { maxHeight: 360, maxBitrateBps: 800_000, maxFramerate: 15 },
    });
  });
});

describe('a JWKS URL', () => {
  let keys: JWK[] = [];
  let isBroken = false;
  const server = createServer((_request, response) => {
    response.writeHead(isBroken ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  let jwksUrl = '';
  const makeKey = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  afterAll(() => server.close());

  it('is asked again when its keys have been rotated; a key that is gone is good no more', async () => {
    const [first, second] = [await makeKey('1'), await makeKey('2')];
    keys = [first.jwk];
    const checks = verifier({ jwksUrl });
    await expect(checks.verify(await sign('ES256', first.privateKey, '1'))).resolves.toMatchObject({ rooms: 'a' });
    keys = [second.jwk];
    await expect(checks.verify(await sign('ES256', second.privateKey, '2'))).resolves.toMatchObject({ rooms: 'a' });
    await expect(checks.verify(await sign('ES256', first.privateKey, '1'))).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it('that does not answer is no fault of the token', async () => {
    isBroken = true;
    const { privateKey } = await makeKey('1');
    await expect(verifier({ jwksUrl }).verify(await sign('ES256', privateKey, '1'))).rejects.toMatchObject({
      code: 'auth_unavailable',
      retryable: true,
    });
  });
});
