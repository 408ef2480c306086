import { expect, it } from 'vitest';
import { takeOwnFlags } from './own-flags.ts';

const flags = { peer: 'string', json: 'boolean' } as const;

it.each<[string[], object, string[]]>([
  [['--json', '--port=1'], { json: true }, ['--port=1']],
  [['--peer=a:1', '--port', '1'], { peer: 'a:1' }, ['--port', '1']],
  [['--port', '1', '--peer', 'a:1', 'word'], { peer: 'a:1' }, ['--port', '1', 'word']],
  [['--peer'], {}, ['--peer']],
  [['--toString', '--peers=1'], {}, ['--toString', '--peers=1']],
])('takes its own of %j', (args, own, rest) => {
  expect(takeOwnFlags(args, flags)).toEqual({ own, rest });
});
