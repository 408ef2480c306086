#!/usr/bin/env node
// Plain JavaScript that any Node can read: the server itself needs Node 24, which the package brings along as the
// dependency `node`, because most machines have an older one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;

/** @returns {string | undefined} the path of the node that came as a dependency */
function packagedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} node */
function startAgainWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A shell tells of a death by signal as 128 and its number.
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  child.on('error', (error) => refuse(`${node} does not start: ${error.message}`));
}

/** @param {string} reason */
function refuse(reason) {
  console.error(`bitbasel: Node ${neededMajor} or newer is needed, this is ${process.version}. ${reason}`);
  process.exit(1);
}

if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  await import('../dist/main.js');
} else {
  const node = packagedNode();
  if (node && node !== process.execPath) startAgainWith(node);
  else refuse('The npm package "node" would bring it, if its install script were allowed to run.');
}
