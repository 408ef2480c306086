import { type Finding, findingsOf } from '../finding.ts';

/** Types are stripped, and node:sqlite is there, from this one on. */
const leastMajor = 24;

export function checkNodeVersion(version: string = process.versions.node): Finding {
  const { ok, failed } = findingsOf('Node');
  if (Number.parseInt(version, 10) >= leastMajor) return ok(`Node ${version}`);
  return failed(
    `Node ${version} is too old`,
    `Run it with Node ${leastMajor} or newer; the npm package brings its own.`,
  );
}
