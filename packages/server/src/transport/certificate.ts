import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import type { Fingerprint } from './transport.ts';

/** A self-signed DTLS certificate and its private key. */
export interface Certificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** SHA-256 over the DER form, as `a=fingerprint` wants it (RFC 8122, section 5). */
  readonly fingerprint: Fingerprint;
}

/**
 * Makes a new certificate. In WebRTC its trust comes from the fingerprint in the SDP alone, so its name and its dates
 * mean nothing. ECDSA on P-256 is the kind every endpoint must support (RFC 8827, section 6.5).
 */
export async function createCertificate(): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: 'webrtc' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
  });
  return {
    certificatePem: pems.cert,
    privateKeyPem: pems.private,
    fingerprint: { algorithm: 'sha-256', value: new X509Certificate(pems.cert).fingerprint256 },
  };
}
