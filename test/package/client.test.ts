import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The browser SDK's package, as somebody gets it: packed, installed, checked from outside and bundled.

const root = resolve(import.meta.dirname, '../..');
const limitBytes = 15_000;
const playerLimitBytes = 20_000;

let folder: string;
let tarball: string;
let installed: string;

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-sdk-'));
  run('npm', ['pack', '--workspace', '@bitbasel/client', '--pack-destination', folder], root);
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none.tgz');
  installed = join(folder, 'node_modules/@bitbasel/client');
  // It has no dependencies: unpacked, it is installed.
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xf', tarball, '-C', installed, '--strip-components=1'], folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('depends on nothing, and holds its licence, its description, and no sources', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']));
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('has nothing that publint would change', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer } });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are found wherever modules are', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (!analysis.types) throw new Error('No types were found.');
    expect(Object.keys(analysis.entrypoints).sort()).toEqual(['.', './devices', './player', './publish', './watch']);
    // What has no import of modules, old resolution and require(), is not for browsers.
    const forModules = ['node16-esm', 'bundler'];
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem) || forModules.includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
    for (const { resolutions } of Object.values(analysis.entrypoints))
      for (const kind of ['node16-esm', 'bundler'] as const)
        expect(resolutions[kind].resolution?.fileName).toMatch(/\.d\.ts$/);
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('compiles for a strict page by modules of %s, its declarations checked too', (module, moduleResolution) => {
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...{ noEmit: true, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
      ...{ module, moduleResolution },
    };
    const compile = (code: string) => {
      writeFileSync(join(folder, 'page.ts'), code);
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts'] }));
      const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), { cwd: folder, encoding: 'utf8' });
      return stdout;
    };
    expect(compile(page)).toBe('');
    const wrong = "import { watch } from '@bitbasel/client';\nwatch('room', null).on('layer', (text: string) => text);";
    expect(compile(wrong)).toContain('TS2345');
  });

  it('leaves nothing behind in the checkout', () => {
    expect(readdirSync(join(root, 'packages/client'))).not.toContain('dist');
  });
});

describe('a bundle', () => {
  async function bundle(code: string): Promise<{ files: string[]; bytes: number; text: string }> {
    const result = await build({
      stdin: { contents: code, resolveDir: folder },
      ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', write: false, metafile: true },
    });
    const text = result.outputFiles[0]?.text ?? '';
    const [output] = Object.values(result.metafile.outputs);
    const files = Object.entries(output?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path.split('/').at(-1) ?? '');
    return { files, text, bytes: gzipSync(text, { level: 9 }).length };
  }

  it.each([
    ['everything', "export * from '@bitbasel/client';"],
    ['watch alone', "export { watch } from '@bitbasel/client';"],
    ['publish alone', "export { publish } from '@bitbasel/client';"],
  ])('of %s is below 15 kB, gzipped', async (what, code) => {
    const { bytes } = await bundle(code);
    console.log(`SDK, ${what}: ${(bytes / 1000).toFixed(1)} kB gzipped`);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(limitBytes);
  });

  const publishing = ['publish.js', 'publish-negotiation.js', 'publish-stats.js', 'outgoing-track.js', 'encodings.js'];
  const watching = ['watch.js', 'watch-negotiation.js', 'playback.js', 'visible-size.js', 'qualities.js'];
  const devices = ['devices.js', 'device-error.js'];

  it('of the player alone is below 20 kB, gzipped, and has all of it for one import', async () => {
    const { bytes, files } = await bundle("import '@bitbasel/client/player';");
    console.log(`SDK, the player: ${(bytes / 1000).toFixed(1)} kB gzipped`);
    expect(bytes).toBeLessThan(playerLimitBytes);
    expect(files).toEqual(expect.arrayContaining(['player-element.js', ...watching]));
    expect(files.filter((file) => [...publishing, ...devices].includes(file))).toEqual([]);
  });

  it.each([
    ['@bitbasel/client', 'watch', watching, [...publishing, ...devices]],
    ['@bitbasel/client/watch', 'watch', watching, [...publishing, ...devices]],
    ['@bitbasel/client', 'publish', publishing, [...watching, ...devices]],
    ['@bitbasel/client/publish', 'publish', publishing, [...watching, ...devices]],
    ['@bitbasel/client/devices', 'openCamera', devices, [...watching, ...publishing, 'session.js']],
  ])('of %s { %s } has only what that needs', async (from, name, needed, unneeded) => {
    const { files, text } = await bundle(`import { ${name} } from '${from}'; console.log(${name});`);
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(files.filter((file) => unneeded.includes(file))).toEqual([]);
    expect(text.includes('replaceTrack')).toBe(name === 'publish');
  });
});

/** Uses what a page would, with the types that it would rely on. */
const page = `
import { listDevices, openCamera, publish, StreamError, watch, type Quality, type WatchSession } from '@bitbasel/client';
import { openScreen } from '@bitbasel/client/devices';
import { publish as publishAlone } from '@bitbasel/client/publish';
import { watch as watchAlone } from '@bitbasel/client/watch';
import { BitbaselPlayer } from '@bitbasel/client/player';

const controller = new AbortController();
const video = document.querySelector('video');
const viewer: WatchSession = watch('room', video, { signal: controller.signal, token: async () => 'token' });
viewer.on('layer', ({ rid, height, paused }) => {
  const layer: [string | null, number, boolean] = [rid, height, paused];
  console.log(layer);
});
viewer.on('qualities', (qualities: readonly Quality[]) => viewer.setQuality(qualities[0]?.id ?? 'auto'));
viewer.on('ended', ({ reason, error }) => console.log(reason, error?.code, error?.advice));
viewer.on('sound-blocked', (blocked: boolean) => blocked && viewer.unmute());
viewer.on('room', (room) => console.log(room.media.video.codec === 'VP8', room.hosts[0]?.user_id));

const player = document.createElement('bitbasel-player');
player.room = 'room';
player.token = async () => 'token';
player.on('stats', ({ delayMs }) => console.log(delayMs?.toFixed(), player.session?.chat.me?.role === 'host'));
console.log(player instanceof BitbaselPlayer);

async function goLive(): Promise<void> {
  try {
    const [camera] = (await listDevices()).cameras;
    const host = publish('room', await openCamera({ ...(camera && { cameraId: camera.id }) }));
    host.on('warning', ({ code, advice }) => console.log(code === 'no-video', advice.length));
    const [screen] = (await openScreen()).getVideoTracks();
    await host.setVideo(screen ?? null);
    const { layers } = await host.stats();
    console.log(layers.map(({ bitrateBps }) => bitrateBps.toFixed()));
  } catch (error) {
    if (error instanceof StreamError && error.code === 'permission_denied') console.log(error.message);
  }
}
void goLive();
console.log(publishAlone === publish, watchAlone === watch);
`;
