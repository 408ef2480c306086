import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import type { Report } from './check.ts';
import { exitCode, row, total } from './table.ts';

describe('arguments', () => {
  it('reads them', () => {
    const args = ['https://a.example.org/whip/x', '--whep', 'https://a.example.org/whep/x', '--token', 't', '--json'];
    expect(readArguments(args)).toEqual({
      target: { whip: args[0], whep: args[2], token: 't' },
      json: true,
      strict: false,
    });
    expect(readArguments(['--help'])).toBe('help');
  });

  it.each([
    [[]],
    [['a', 'b']],
    [['ftp://a']],
    [['nonsense']],
    [['http://a', '--whep', 'x']],
    [['http://a', '--nonsense']],
  ])('refuses %j', (args) => {
    expect(() => readArguments(args)).toThrow();
  });
});

describe('the table', () => {
  const report = (result: Report['result'], level: Report['level']): Report => ({
    id: 'check',
    section: 'RFC',
    level,
    asks: 'That it holds',
    result,
    seen: 'a\u001b[31mb',
  });

  it('shows what was asked where it failed, and no control characters', () => {
    expect(row(report('fail', 'must'))).toMatch(/^FAIL {2}RFC +check +a \[31mb\n +must: That it holds$/);
    expect(row(report('pass', 'must'))).not.toContain('That it holds');
  });

  it('counts, and decides on the exit code', () => {
    const recommended = [report('pass', 'must'), report('fail', 'should'), report('not applicable', 'must')];
    expect(total(recommended)).toBe('1 passed, 0 required and 1 recommended failed, 1 not applicable');
    expect([exitCode(recommended, false), exitCode(recommended, true)]).toEqual([0, 1]);
    expect(exitCode([report('fail', 'must')], false)).toBe(1);
  });
});
