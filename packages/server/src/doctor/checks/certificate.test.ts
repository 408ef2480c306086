import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkCertificate } from './certificate.ts';

const dayMs = 86_400_000;
const nowMs = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'bitbasel-certificate-'));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

interface Made {
  readonly name: string;
  readonly fromDays?: number;
  readonly toDays: number;
  readonly issuer?: { key: string; cert: string };
  readonly withName?: boolean;
}

async function make({ name, fromDays = -10, toDays, issuer, withName = true }: Made) {
  const pems = await generate([{ name: 'commonName', value: name }], {
    ...{ keyType: 'ec', algorithm: 'sha256', ...(issuer && { ca: issuer }) },
    notBeforeDate: new Date(nowMs + fromDays * dayMs),
    notAfterDate: new Date(nowMs + toDays * dayMs),
    extensions: withName
      ? [{ name: 'subjectAltName', altNames: [{ type: 2, value: `${name}.example.org` }] }]
      : [{ name: 'basicConstraints', cA: false }],
  });
  writeFileSync(file(`${name}.pem`), pems.cert);
  writeFileSync(file(`${name}.key`), pems.private);
  return { key: pems.private, cert: pems.cert };
}

beforeAll(async () => {
  const authority = await make({ name: 'authority', toDays: 1000 });
  await make({ name: 'good', toDays: 60.5 });
  await make({ name: 'ended', toDays: -1.5 });
  await make({ name: 'future', fromDays: 2, toDays: 60 });
  await make({ name: 'ending', toDays: 5.5 });
  await make({ name: 'nameless', toDays: 60, withName: false });
  const leaf = await make({ name: 'unchained', toDays: 60, issuer: authority });
  writeFileSync(file('chained.pem'), `${leaf.cert}\n${authority.cert}`);
  writeFileSync(file('chained.key'), leaf.key);
  writeFileSync(file('text.pem'), 'no certificate');
});

const check = (cert?: string, key = cert) =>
  checkCertificate(
    { tls: { ...(cert && { cert: file(`${cert}.pem`) }), ...(key && { key: file(`${key}.key`) }) } },
    nowMs,
  );

it.each([
  ['good', 'ok', '60 days left (DNS:good.example.org)'],
  ['chained', 'ok', 'DNS:unchained.example.org'],
  ['ended', 'failed', 'it ended on'],
  ['future', 'failed', 'it is good from'],
  ['ending', 'warning', 'it ends in 5 days'],
  ['nameless', 'failed', 'subjectAltName'],
  ['unchained', 'warning', 'no intermediate certificates'],
  ['missing', 'failed', 'ENOENT'],
])('a certificate that is %s is %s', (name, verdict, detail) => {
  expect(check(name)).toMatchObject({ verdict, detail: expect.stringContaining(detail) });
});

it('fails with the key of another, with none, with no PEM', () => {
  expect(check('good', 'ended').detail).toContain('is not the key of');
  expect(check('good', 'missing').detail).toContain('tls.key');
  expect(check('text', 'good').detail).toContain('tls.cert');
  expect(checkCertificate({ tls: { cert: file('good.pem') } }, nowMs).detail).toBe('tls.key is missing');
});

it('is passed over without TLS', () => {
  expect(check().verdict).toBe('skipped');
});
