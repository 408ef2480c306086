import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { documents, repositoryRoot } from './api-documents.ts';

const read = (path: string) => readFileSync(resolve(repositoryRoot, path), 'utf8');

it.each(Object.entries(documents))('%s is as the code has it (else run npm run documents)', (path, make) => {
  expect(read(path)).toBe(make());
});

const lintOpenApi = async (source: string) => {
  const config = await createConfig({ extends: ['spec', 'minimal'] });
  const problems = await lintFromString({ source, config });
  return problems.filter(({ severity }) => severity === 'error').map(({ ruleId, message }) => `${ruleId}: ${message}`);
};

it('docs/api/openapi.json is valid OpenAPI 3.1', async () => {
  expect(await lintOpenApi(read('docs/api/openapi.json'))).toEqual([]);
  const broken = read('docs/api/openapi.json').replaceAll('#/components/schemas/RoomInfo', '#/components/schemas/None');
  expect(await lintOpenApi(broken)).not.toEqual([]);
});

const faultsOfAsyncApi = async (source: string) => {
  const faults = await new Parser().validate(source);
  return faults.filter(({ severity }) => severity === 0).map(({ code, message }) => `${code}: ${message}`);
};

it('docs/api/asyncapi.json is valid AsyncAPI 3', async () => {
  expect(await faultsOfAsyncApi(read('docs/api/asyncapi.json'))).toEqual([]);
  const broken = read('docs/api/asyncapi.json').replaceAll(
    '#/components/schemas/RoomInfo',
    '#/components/schemas/None',
  );
  expect(await faultsOfAsyncApi(broken)).not.toEqual([]);
});
