import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { type Finding, findingsOf, reasonOf } from '../finding.ts';

const dayMs = 86_400_000;
/** Let's Encrypt's are renewed 30 days before their end: at this point a renewal has failed more than once. */
const warnedDays = 14;

const { ok, warning, failed, skipped } = findingsOf('certificate');

/** The files of tls.cert and tls.key, as they are now. */
export function checkCertificate({ tls }: Pick<Config, 'tls'>, nowMs: number): Finding {
  const { cert, key } = tls;
  if (cert === undefined && key === undefined) return skipped('no TLS of its own (tls.cert)');
  if (cert === undefined || key === undefined)
    return failed(`tls.${cert === undefined ? 'cert' : 'key'} is missing`, 'Give both files, or none.');
  let chain: string;
  let leaf: X509Certificate;
  try {
    chain = readFileSync(cert, 'utf8');
    leaf = new X509Certificate(chain);
  } catch (error) {
    return failed(`tls.cert: ${cert} cannot be used: ${reasonOf(error)}`, 'Give a PEM file that this user may read.');
  }
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(readFileSync(key, 'utf8'))))
      return failed(`${key} is not the key of ${cert}`, 'Give the two files of one and the same certificate.');
  } catch (error) {
    return failed(`tls.key: ${key} cannot be used: ${reasonOf(error)}`, 'Give a PEM file that this user may read.');
  }
  return judge(leaf, chain, nowMs);
}

function judge(leaf: X509Certificate, chain: string, nowMs: number): Finding {
  const names = leaf.subjectAltName ?? 'no name';
  const days = Math.floor((leaf.validToDate.getTime() - nowMs) / dayMs);
  if (days < 0)
    return failed(`it ended on ${leaf.validTo} (${names})`, 'Renew it; a running server takes it up by itself.');
  if (leaf.validFromDate.getTime() > nowMs)
    return failed(`it is good from ${leaf.validFrom} on (${names})`, 'Wait, or see whether the clock is right.');
  if (leaf.subjectAltName === undefined)
    return failed(
      'it has no subjectAltName, so browsers refuse it',
      'Have it made anew, with the name of this server.',
    );
  if (days < warnedDays) return warning(`it ends in ${days} days (${names})`, 'See why it has not been renewed yet.');
  const isAlone = chain.split('-----BEGIN CERTIFICATE-----').length === 2;
  if (isAlone && leaf.issuer !== leaf.subject) {
    return warning(
      `${days} days left (${names}), but the file holds no intermediate certificates: some clients cannot verify it`,
      'Give the whole chain: fullchain.pem in place of cert.pem.',
    );
  }
  return ok(`${days} days left (${names})`);
}
