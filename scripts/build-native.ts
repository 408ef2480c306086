/**
 * `make native`: compiles the native transport (packages/server/native) for this machine, where something has changed
 * since it was last done. It needs a C++ compiler, and nothing else: Node's own headers come with the npm package `node`, and
 * OpenSSL is the one that is in Node.
 *
 *   --if-possible   without a compiler, or where it fails: says so, and ends well
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addonFile } from '../packages/server/src/transport/native/addon.ts';

const { values } = parseArgs({ options: { 'if-possible': { type: 'boolean', default: false } } });
const root = resolve(import.meta.dirname, '..');
const sourceFolder = join(root, 'packages/server/native');

const compiler = process.env.CXX ?? 'g++';
const flags = ['-std=c++20', '-O2', '-g1', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-pthread'];
const hardening = ['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2', '-D_GLIBCXX_ASSERTIONS', '-Wl,-z,relro,-z,now'];
// The C++ library goes along, as the machine that runs it may have an older one; and what is ours is not exchanged for
// what Node or another addon has under the same name.
const linking = ['-static-libstdc++', '-static-libgcc', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'];
const nodeApi = ['-DNAPI_VERSION=8', '-DNAPI_CPP_EXCEPTIONS'];
const more = (process.env.CXXFLAGS ?? '').split(' ').filter(Boolean);

function build(): void {
  if (process.platform !== 'linux') throw new Error('it is for Linux');
  const sources = globSync('*.cc', { cwd: sourceFolder }).toSorted();
  const inputs = globSync('*.{cc,h}', { cwd: sourceFolder }).map((name) => join(sourceFolder, name));
  if (isNewer(addonFile, [...inputs, import.meta.filename])) return;
  const headers = [headersOf('node_api.h'), headersOf('napi.h')];
  const includes = headers.flatMap((folder) => ['-isystem', folder]);
  mkdirSync(resolve(addonFile, '..'), { recursive: true });
  console.log('compiling the native transport');
  // Under another name until it is whole: a server that is running has the other one open.
  const unfinished = `${addonFile}.new`;
  const all = [...flags, ...hardening, ...nodeApi, ...includes, ...sources, ...linking, ...more, '-o', unfinished];
  compile(all);
  renameSync(unfinished, addonFile);
}

function compile(flags: readonly string[]): void {
  try {
    execFileSync(compiler, flags, { cwd: sourceFolder, stdio: 'inherit' });
  } catch (error) {
    if (Object(error).code === 'ENOENT') throw new Error(`no ${compiler} here; "make native" installs it with apt`);
    throw error;
  }
}

function isNewer(file: string, others: readonly string[]): boolean {
  if (!existsSync(file)) return false;
  const { mtimeMs } = statSync(file);
  return others.every((other) => statSync(other).mtimeMs <= mtimeMs);
}

/** The folder that this header is in: Node's own, or that of node-addon-api. */
function headersOf(file: string): string {
  const ofNode = `node_modules/{node/node_modules/,}node-${process.platform}-${process.arch}/include/node`;
  const folders = [...globSync(ofNode, { cwd: root }), 'node_modules/node-addon-api'];
  const found = folders.map((folder) => join(root, folder)).find((folder) => existsSync(join(folder, file)));
  if (found === undefined) throw new Error(`${file} is missing: it comes with npm ci`);
  return found;
}

try {
  build();
} catch (error) {
  if (!values['if-possible']) throw error;
  const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
  console.log(
    `Media goes by node-datachannel; the native transport, which takes about half the CPU, is not compiled: ${reason}.`,
  );
}
