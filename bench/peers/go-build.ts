import { execFile } from 'node:child_process';
import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Unavailable } from './peer.ts';

const run = promisify(execFile);
/** Ignored by git; a program is built once for each version. */
const cache = fileURLToPath(import.meta.resolve('../.peers'));
const minGoVersion = [1, 24] as const;
/** As their own releases are built. */
const flags = ['-trimpath', '-ldflags=-s -w'];
/** Programs that are built; the modules come from the Go module proxy. */
const environment = { ...process.env, CGO_ENABLED: '0' };

/** Builds the main package of a module of ours. */
export async function buildFolder(name: string, folder: string): Promise<string> {
  await checkGo();
  const program = join(cache, name);
  await go(['build', ...flags, '-o', program, '.'], { cwd: folder });
  return program;
}

/** `go install` of a program as published, where its module needs nothing that the proxy does not have. */
export async function installModule(packagePath: string, version: string, name: string): Promise<string> {
  const program = join(cache, `${name}-${version}`);
  if (await exists(program)) return program;
  await checkGo();
  const folder = join(cache, `${name}-install`);
  await go(['install', ...flags, `${packagePath}@${version}`], { env: { ...environment, GOBIN: folder } });
  await rename(join(folder, packagePath.slice(packagePath.lastIndexOf('/') + 1)), program);
  return program;
}

/**
 * The same from a copy of the module, with files added that its release process makes: by `go install` it would lack
 * them, and its `replace` directives would not hold.
 */
export async function buildModuleCopy(
  modulePath: string,
  version: string,
  name: string,
  added: Readonly<Record<string, string>>,
): Promise<string> {
  const program = join(cache, `${name}-${version}`);
  if (await exists(program)) return program;
  await checkGo();
  const { Dir } = JSON.parse(await go(['mod', 'download', '-json', `${modulePath}@${version}`], { cwd: cache }));
  const copy = join(cache, `${name}-source`);
  await rm(copy, { recursive: true, force: true });
  await cp(Dir, copy, { recursive: true });
  // Modules are read-only, and so is their copy.
  await run('chmod', ['-R', 'u+w', copy]);
  for (const [file, text] of Object.entries(added)) await writeFile(join(copy, file), text);
  await go(['build', ...flags, '-o', program, '.'], { cwd: copy });
  await rm(copy, { recursive: true, force: true });
  return program;
}

async function checkGo(): Promise<void> {
  await mkdir(cache, { recursive: true });
  let version: string;
  try {
    version = (await run('go', ['env', 'GOVERSION'])).stdout.trim();
  } catch {
    throw new Unavailable('Go is not installed');
  }
  const [major = 0, minor = 0] = version.replace(/^go/, '').split('.').map(Number);
  const [minMajor, minMinor] = minGoVersion;
  if (major < minMajor || (major === minMajor && minor < minMinor)) {
    throw new Unavailable(`Go ${minGoVersion.join('.')} or newer is needed, this is ${version}`);
  }
}

async function go(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<string> {
  try {
    return (await run('go', args, { env: environment, maxBuffer: 2 ** 26, ...options })).stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const [last] = (stderr ?? String(error)).trim().split('\n').slice(-1);
    throw new Unavailable(`go ${args[0]} failed: ${last}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** The folder of a file of ours. */
export function folderOf(moduleUrl: string): string {
  return dirname(fileURLToPath(moduleUrl));
}
