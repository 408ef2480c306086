import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TokenVerifier } from '../../server/src/auth/token-verifier.ts';
import { type Grant, TokenMinter } from './tokens.ts';

const secret = 'a secret of these tests, long enough';
const nowMs = 1_800_000_000_000;
const verifier = new TokenVerifier({ keys: async () => createSecretKey(Buffer.from(secret)), nowMs: () => nowMs });

describe('a minted token', () => {
  it('is taken by the server, which reads what was put in', async () => {
    const content = { userId: 'Bén 👋', name: 'Ben', ttlSeconds: 60, caps: { maxHeight: 720 }, tokenId: 't1', nowMs };
    const token = await new TokenMinter(secret).mint('room-*', ['publish', 'watch'], content);
    const credential = await verifier.verify(token);
    expect(credential).toMatchObject({ subject: 'Bén 👋', tokenId: 't1', caps: { maxHeight: 720 } });
    expect(credential).toMatchObject({ rooms: 'room-*', grants: ['publish', 'watch'] });
    // The server allows clocks to differ.
    expect(credential.expiresAtMs - nowMs).toBeGreaterThanOrEqual(60_000);
    expect(credential.expiresAtMs - nowMs).toBeLessThan(120_000);
  });

  it('of each role has its grants', async () => {
    const minter = new TokenMinter(secret);
    const life = { ttlSeconds: 60 };
    const now = new TokenVerifier({ keys: async () => createSecretKey(Buffer.from(secret)), nowMs: Date.now });
    const read = async (token: Promise<string>) => now.verify(await token);
    expect(await read(minter.forHost('a', 'eve', life))).toMatchObject({
      grants: ['publish', 'watch'],
      subject: 'eve',
    });
    expect(await read(minter.forViewer('a', 'ben'))).toMatchObject({
      grants: ['watch'],
      subject: 'ben',
      tokenId: null,
    });
    expect((await read(minter.forViewer('a'))).tokenId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await read(minter.forManager())).toMatchObject({ grants: ['manage'], rooms: '*' });
  });

  it('by a key pair is taken by who has the public half, with issuer and audience', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const names = { issuer: 'https://backend.example', audience: 'media' };
    const byKey = new TokenVerifier({ keys: async () => publicKey, ...names, nowMs: Date.now });
    const minter = new TokenMinter(pem, { algorithm: 'ES256', keyId: 'k1', ...names });
    expect(await byKey.verify(await minter.forManager('a'))).toMatchObject({ rooms: 'a' });
    const others = new TokenMinter(pem, { algorithm: 'ES256', ...names, audience: 'other' });
    await expect(byKey.verify(await others.forManager())).rejects.toThrow();
  });

  it('that the server would not take is not made', async () => {
    expect(() => new TokenMinter('short')).toThrow(RangeError);
    const minter = new TokenMinter(secret);
    const wrong = [
      minter.mint('a/b', ['watch']),
      minter.mint('a', []),
      minter.mint('a', ['own' as Grant]),
      minter.mint('a', ['watch'], { userId: 'a\nb' }),
      minter.mint('a', ['watch'], { caps: { maxHeight: 0 } }),
      minter.mint('a', ['watch'], { caps: { maxFramerate: 1.5 } }),
    ];
    for (const one of wrong) await expect(one).rejects.toThrow(RangeError);
  });
});
