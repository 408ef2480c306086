import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaServerProcess } from '../support/media-server.ts';

// The package of the client for backends, as somebody gets it: packed, installed, checked from outside, and used as its
// README says.

const root = resolve(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/.bin/tsc');

let folder: string;
let tarball: string;
let installed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-node-client-'));
  execFileSync('npm', ['pack', '--workspace', '@bitbasel/node-client', '--pack-destination', folder], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none.tgz');
  installed = join(folder, 'node_modules/@bitbasel/node-client');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xf', tarball, '-C', installed, '--strip-components=1']);
  // What npm would install beside it, and the types of Node that a backend has.
  for (const name of ['jose', '@types', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('depends on jose alone, and holds its licence, its description, and no sources', () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['jose']);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/tokens.d.ts']));
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    const code = files
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(join(installed, file), 'utf8'));
    expect(code.join('\n')).not.toContain('@bitbasel/protocol');
  });

  it('has nothing that publint would change', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer } });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are found wherever modules are', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (!analysis.types) throw new Error('No types were found.');
    expect(Object.keys(analysis.entrypoints).sort()).toEqual(['.', './tokens']);
    const forModules = ['node16-esm', 'bundler'];
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem) || forModules.includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });

  it('loads what signs only for tokens', () => {
    const loads = (name: string) => {
      const code = `import { registerHooks } from 'node:module'; const loaded = [];
        registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
        await import('${name}'); console.log(loaded.some((url) => url.includes('jose')));`;
      return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
        cwd: folder,
        encoding: 'utf8',
      }).trim();
    };
    expect(loads('@bitbasel/node-client')).toBe('false');
    expect(loads('@bitbasel/node-client/tokens')).toBe('true');
  });

  it('leaves nothing behind in the checkout', () => {
    expect(readdirSync(join(root, 'packages/node-client'))).not.toContain('dist');
  });
});

function compile(files: Readonly<Record<string, string>>, options: object): string {
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
    ...{ noEmit: true, target: 'es2022', lib: ['es2023'], types: ['node'], preserveSymlinks: false, ...options },
  };
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  return spawnSync(tsc, { cwd: folder, encoding: 'utf8' }).stdout;
}

const examples = Object.fromEntries(
  Array.from(
    readFileSync(join(root, 'packages/node-client/README.md'), 'utf8').matchAll(/^## (.+?)$|^```ts\n(.+?)^```$/gms),
    ([, , code]) => code,
  )
    .filter((code) => code !== undefined)
    .map((code, index) => [`example-${index}.ts`, code]),
);

describe('for a strict backend', () => {
  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'the examples of the README compile by modules of %s, with its declarations checked',
    (module, moduleResolution) => {
      expect(Object.keys(examples).length).toBeGreaterThanOrEqual(6);
      expect(compile(examples, { module, moduleResolution })).toBe('');
    },
  );

  it('wrong uses do not', () => {
    const begin =
      "import { MediaServerClient } from '@bitbasel/node-client';\nconst client = new MediaServerClient();\n";
    const wrong = {
      'a.ts': `${begin}client.openRoom('a', { settings: { max_viewers: 'many' } });`,
      'b.ts': `${begin}export const count: string = (await client.getRoomStats('a')).viewer_count;`,
      'c.ts': `${begin}for await (const event of client.events()) if (event.type === 'no.such') break;`,
      'd.ts': `${begin}export const ok: string = (await client.readiness()).checks.x?.ok;`,
    };
    const told = compile(wrong, { module: 'nodenext', moduleResolution: 'nodenext' });
    for (const name of Object.keys(wrong)) expect(told).toContain(name);
    expect(told.match(/error TS/g)?.length).toBe(4);
  });
});

describe('the examples of the README', () => {
  let server: MediaServerProcess;
  beforeAll(async () => {
    server = await MediaServerProcess.start();
  });
  afterAll(() => server?.stop());

  it.each(Object.keys(examples))('%s runs against a server', (name) => {
    writeFileSync(join(folder, name), examples[name] ?? '');
    const { status, stderr, stdout } = spawnSync(process.execPath, [name], {
      ...{ cwd: folder, encoding: 'utf8', timeout: 30_000 },
      env: { ...process.env, MEDIA_SERVER_URL: server.url },
    });
    expect([status, stderr]).toEqual([0, '']);
    if (name !== 'example-4.ts') expect(stdout).not.toBe('');
  });
});
