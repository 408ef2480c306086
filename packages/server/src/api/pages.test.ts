import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { testApp } from '../test-support/app.ts';

type TestApp = Awaited<ReturnType<typeof testApp>>;
let server: TestApp | undefined;

afterEach(async () => {
  await server?.app.close();
});

async function start(...options: Parameters<typeof testApp>): Promise<TestApp> {
  server = await testApp(...options);
  return server;
}

describe('pages', () => {
  function browserFiles() {
    const root = mkdtempSync(join(tmpdir(), 'pages-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    for (const folder of ['web', 'sdk']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'secret.ts'), 'export const secret = 1;');
    writeFileSync(join(root, 'web/index.html'), '<!doctype html><title>Rooms</title>');
    writeFileSync(join(root, 'web/live.ts'), 'export const live: number = 1;');
    writeFileSync(join(root, 'web/broken.ts'), 'const = ;');
    writeFileSync(join(root, 'web/plain.js'), '/* plain */');
    writeFileSync(join(root, 'web/plain.ts'), 'export const no: number = 0;');
    writeFileSync(join(root, 'sdk/index.ts'), "import type { A } from './a.ts';\nexport const sdk = 1 as A;");
    return { web: join(root, 'web'), sdk: join(root, 'sdk'), apiDocs: '/nowhere', charts: '/nowhere' };
  }

  it('serves pages under a strict policy', async () => {
    const { call } = await start({}, browserFiles());
    const page = await call('GET', '/');
    expect(page.body).toContain('<title>Rooms</title>');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  it('serves TypeScript as JavaScript, under either name, and compiled files before it', async () => {
    const roots = browserFiles();
    const { call } = await start({}, roots);
    for (const url of ['/assets/live.js', '/assets/live.ts']) {
      const script = await call('GET', url);
      expect(script.headers['content-type']).toContain('text/javascript');
      expect(script.body).toMatch(/^export const live + {2}= 1;$/);
    }
    expect((await call('GET', '/sdk/index.js')).body).not.toContain('import');
    expect((await call('GET', '/assets/plain.js')).body).toBe('/* plain */');
    expect((await call('GET', '/assets/missing.js')).json().code).toBe('not_found');
  });

  it.each(['/assets/../secret.ts', '/assets/%2e%2e/secret.ts', '/assets/..%2fsecret.ts', '/sdk/..%5csecret.ts'])(
    'keeps to its folders: %s',
    async (url) => {
      const { call } = await start({}, browserFiles());
      const response = await call('GET', url);
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
      expect(response.body).not.toContain('secret = 1');
    },
  );
});
