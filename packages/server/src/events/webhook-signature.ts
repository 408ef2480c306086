import { createHmac } from 'node:crypto';

/** The headers of a delivery, as Standard Webhooks 1.0 has them: whoever has the secret can tell that it is ours. */
export function signedHeaders(secret: string, id: string, atSeconds: number, body: string): Record<string, string> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${atSeconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(atSeconds), 'webhook-signature': `v1,${signature}` };
}
