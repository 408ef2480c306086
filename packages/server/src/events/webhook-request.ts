import type { WebhookEndpoint } from '../config/sections/webhooks.ts';
import { idOf } from '../history/numbering.ts';
import type { StoredEvent } from '../history/records.ts';
import { signedHeaders } from './webhook-signature.ts';

/** Delivers once. @returns why it failed; undefined where the endpoint answered 2xx */
export type SendWebhook = (endpoint: WebhookEndpoint, event: StoredEvent, nowMs: number) => Promise<string | undefined>;

/** Over HTTP. A redirect is not followed: the endpoint that was configured answers, or none does. */
export function webhookSender(timeoutMs: number): SendWebhook {
  return async ({ url, secret }, { event, body }, nowMs) => {
    const signed = signedHeaders(secret, idOf('evt', event), Math.floor(nowMs / 1000), body);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'BitBasel-Media', ...signed },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `answered ${response.status}`;
    } catch (error) {
      if (!(error instanceof Error)) return String(error);
      return error.cause instanceof Error ? error.cause.message : error.message;
    }
  };
}
