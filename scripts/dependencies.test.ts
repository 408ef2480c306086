import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

it.each(['package.json', ...globSync('packages/*/package.json', { cwd: root })])(
  'docs/dependencies.md says of each dependency of %s why it and not its rival',
  (file) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(resolve(root, file), 'utf8'));
    const document = readFileSync(resolve(root, 'docs/dependencies.md'), 'utf8');
    const named = new Set(
      Array.from(document.matchAll(/^\| (.+?) \|/gm), ([, names]) => String(names).split(', ')).flat(),
    );
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@bitbasel/'));
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  },
);
