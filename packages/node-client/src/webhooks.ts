import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MediaEvent } from '@bitbasel/protocol';

/** The request is not a webhook of the server's, or is too old. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/** As a `Request` has them, or Node's `IncomingMessage`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookOptions {
  /** How old, or how far ahead, a delivery may be. Default 300 s. */
  readonly toleranceSeconds?: number | undefined;
  /** Default: the time. */
  readonly nowMs?: number | undefined;
}

/**
 * The event that came (Standard Webhooks). A delivery is at least once, and whoever has caught one can send it again
 * within the tolerance: keep the `id` of the events that you have handled.
 * @param secret the endpoint's, `whsec_...`
 * @param body the bytes, or the text, as they came, before any parsing
 * @throws WebhookError
 */
export function verifyWebhook(
  secret: string,
  headers: WebhookHeaders,
  body: string | Uint8Array,
  { toleranceSeconds = 300, nowMs = Date.now() }: WebhookOptions = {},
): MediaEvent {
  const id = headerOf(headers, 'webhook-id');
  const sentAt = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  if (!/^\d{1,15}$/.test(sentAt)) throw new WebhookError('The header webhook-timestamp is malformed.');
  if (!(Math.abs(nowMs / 1000 - Number(sentAt)) <= toleranceSeconds))
    throw new WebhookError('The timestamp is too far from now.');
  const expected = createHmac('sha256', keyOf(secret)).update(`${id}.${sentAt}.`).update(body).digest();
  if (!signatures.split(' ').some((signature) => isEqual(signature, expected)))
    throw new WebhookError('The signature does not match.');
  return eventOf(typeof body === 'string' ? body : new TextDecoder().decode(body));
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const value = entries.find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof value !== 'string') throw new WebhookError(`The header ${name} is missing.`);
  return value;
}

function keyOf(secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, '');
  const key = Buffer.from(encoded, 'base64');
  if (key.length === 0 || key.toString('base64') !== encoded) throw new WebhookError('The secret is not base64.');
  return key;
}

function isEqual(signature: string, expected: Buffer): boolean {
  const [version, value = ''] = signature.split(',');
  const given = Buffer.from(value, 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}

function eventOf(text: string): MediaEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw new WebhookError('The body is not JSON.');
  }
  if (typeof event !== 'object' || event === null || !('id' in event)) throw new WebhookError('The body is no event.');
  return event as MediaEvent;
}
