import type { Finding } from './finding.ts';

/** For people: a line a finding, and below it what to do. */
export function reportText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(11);
  const lines = findings.map(
    ({ check, verdict, detail, advice }) =>
      `${verdict.padEnd(9)}  ${check.padEnd(width)}  ${detail}${advice === undefined ? '' : `\n${indent}-> ${advice}`}`,
  );
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  return [...lines, '', `${count('failed')} failed, ${count('warning')} warnings, ${count('ok')} ok`].join('\n');
}

/** For programs. */
export function reportJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: !hasFailed(findings), findings }, null, 2);
}

export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict }) => verdict === 'failed');
}
