import type { Token } from './options.ts';

/** `MEDIA_SERVER_TOKEN`, or what makes tokens with `MEDIA_SERVER_SECRET`, or undefined. */
export function tokenFromEnvironment(): Token | undefined {
  const { MEDIA_SERVER_TOKEN: token, MEDIA_SERVER_SECRET: secret } = process.env;
  if (token) return token;
  if (!secret) return undefined;
  return async () => {
    // Only who has a secret loads what signs.
    const { TokenMinter } = await import('./tokens.ts');
    return new TokenMinter(secret).forManager();
  };
}
