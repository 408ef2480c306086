import type { Report } from './check.ts';

const words = { pass: 'pass', fail: 'FAIL', 'not applicable': 'n/a' } as const;

/** One line a check; for what failed, what is asked stands below. */
export function row({ id, section, level, result, seen, asks }: Report): string {
  const line = [words[result].padEnd(4), section.padEnd(28), id.padEnd(24), shorten(seen)].join('  ');
  return result === 'fail' ? `${line}\n      ${level}: ${asks}` : line;
}

export function total(reports: readonly Report[]): string {
  const count = (result: Report['result'], level?: Report['level']) =>
    reports.filter((report) => report.result === result && (level === undefined || report.level === level)).length;
  const failed = `${count('fail', 'must')} required and ${count('fail', 'should')} recommended failed`;
  return `${count('pass')} passed, ${failed}, ${count('not applicable')} not applicable`;
}

/** Control characters of a server's answer must not reach the terminal. */
function shorten(seen: string): string {
  const clean = seen.replaceAll(/\p{Cc}/gu, ' ');
  return clean.length > 100 ? `${clean.slice(0, 99)}…` : clean;
}

export function exitCode(reports: readonly Report[], strict: boolean): 0 | 1 {
  return reports.some(({ result, level }) => result === 'fail' && (strict || level === 'must')) ? 1 : 0;
}
