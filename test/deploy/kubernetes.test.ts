import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Program } from '../support/program.ts';

// Kubernetes' own schemas, which come with the validator: no cluster, and no network.

const folder = resolve(import.meta.dirname, '../../deploy/kubernetes');
const validator = resolve(import.meta.dirname, '../../python/.venv/bin/kubernetes-validate');

async function validate(path: string): Promise<{ exitCode: number | null; output: string }> {
  const program = new Program(validator, { arguments: ['--strict', path] });
  return { exitCode: await program.exitCode(), output: program.output };
}

it.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('deploy/kubernetes/%s is valid', async (name) => {
  const { exitCode, output } = await validate(join(folder, name));
  expect(output).toMatch(/passed for resource/);
  expect(exitCode, output).toBe(0);
});

it('the validator finds a key that Kubernetes does not know', async () => {
  const wrong = mkdtempSync(join(tmpdir(), 'bitbasel-kubernetes-'));
  const text = readFileSync(join(folder, 'server.yaml'), 'utf8').replace('hostPort:', 'hostPorts:');
  writeFileSync(join(wrong, 'server.yaml'), text);
  const { exitCode, output } = await validate(join(wrong, 'server.yaml'));
  rmSync(wrong, { recursive: true });
  expect(exitCode).not.toBe(0);
  expect(output).toContain('hostPorts');
});
