import { spawn } from 'node:child_process';
import { once } from 'node:events';

const VARIABLE = 'BITBASEL_PEERS_ADDRESS';
const NAMESPACE_ADDRESS = '10.255.0.1';

/**
 * The address that all of a measurement is on. Some servers (Janus) do not use loopback addresses for media, so it is
 * that of an interface in a network namespace that leads nowhere. The kernel takes the way of loopback for it all the same.
 */
export const address: string = process.env[VARIABLE] ?? '127.0.0.1';

export function isInNamespace(): boolean {
  return process.env[VARIABLE] === NAMESPACE_ADDRESS;
}

const setUp = [
  'ip link set lo up',
  'ip link add bench0 type veth peer name bench1',
  `ip addr add ${NAMESPACE_ADDRESS}/32 dev bench0`,
  'ip link set bench0 up',
  'ip link set bench1 up',
  'exec "$@"',
].join(' && ');

/** Whether this machine lets us make one: as root, or as a user who may be root in a namespace. */
export async function canMakeNamespace(): Promise<boolean> {
  const [code] = await once(
    spawn('unshare', unshareArguments('sh', '-c', setUp, 'sh', 'true'), { env: withSbin() }),
    'exit',
  ).catch(() => [1]);
  return code === 0;
}

function unshareArguments(...command: string[]): string[] {
  return [...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--net', ...command];
}

/** ip is root's, and so not on everyone's path. */
function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
}

/** Runs this program again in a namespace of its own; resolves to its exit code. */
export async function runInNamespace(args: readonly string[]): Promise<number> {
  const command = unshareArguments('sh', '-c', setUp, 'sh', process.execPath, ...process.execArgv, ...args);
  const env = { ...withSbin(), [VARIABLE]: NAMESPACE_ADDRESS };
  const child = spawn('unshare', command, { stdio: 'inherit', env });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
