import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { inNamespace } from '../support/namespace.ts';
import { networkObstacle } from './network.ts';

// A media port that is bound to all addresses answers from the one that it was sent to.

const obstacle = networkObstacle();
const namespace = `any-${process.pid}`;

// Without root there are no namespaces, and a port of all addresses is for no test outside one.
it.skipIf(obstacle !== undefined)('every address of a machine connects, of both families', () => {
  const script = resolve(import.meta.dirname, 'any-address.ts');
  execFileSync('ip', ['netns', 'add', namespace]);
  try {
    execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    const [command = '', ...prefix] = inNamespace(namespace);
    const printed = execFileSync(command, [...prefix, process.execPath, script], { encoding: 'utf8', timeout: 60_000 });
    expect(printed.trim().split('\n')).toEqual([
      '0.0.0.0 127.0.0.1 127.0.0.1',
      '0.0.0.0 127.0.0.2 127.0.0.1',
      ':: 127.0.0.2 127.0.0.1',
      ':: ::1 [::1]',
    ]);
  } finally {
    execFileSync('ip', ['netns', 'del', namespace]);
  }
});
