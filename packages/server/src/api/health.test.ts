import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';
import { healthRoutes } from './health.ts';

it('answers health as the documents say, and that it lives', async () => {
  const { call } = await testApp();
  expect((await call('GET', '/health')).json()).toMatchObject({ status: 'healthy', service: 'media_server' });
  expect((await call('GET', '/health/live')).json()).toEqual({ status: 'live' });
});

it('is ready while every check holds, and names those that do not', async () => {
  let fault: string | undefined;
  const broken = async () => {
    if (fault !== undefined) throw new Error('cannot be asked');
    return undefined;
  };
  const app = Fastify();
  const records = { health: () => ({ mode: 'memory', status: 'ok' }) as const };
  await app.register(healthRoutes, {
    records,
    checks: { disk: () => fault, other: broken, well: async () => undefined },
  });
  const ask = () => app.inject({ method: 'GET', url: '/health/ready' });
  const well = { ok: true };
  expect([(await ask()).statusCode, (await ask()).json()]).toEqual([
    200,
    { status: 'ready', checks: { disk: well, other: well, well } },
  ]);
  fault = 'full';
  expect([(await ask()).statusCode, (await ask()).json()]).toEqual([
    503,
    {
      status: 'not_ready',
      checks: { disk: { ok: false, detail: 'full' }, other: { ok: false, detail: 'cannot be asked' }, well },
    },
  ]);
});
