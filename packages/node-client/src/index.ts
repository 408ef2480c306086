export type { EndLivestream, OpenRoom, Page, StartLivestream } from './calls.ts';
export { getMediaServerClient, MediaServerClient } from './client.ts';
export {
  Conflict,
  type ErrorParts,
  MediaServerError,
  MediaServerUnavailable,
  NotAuthorized,
  NotFound,
  RateLimited,
} from './errors.ts';
export type { CallOptions, Token } from './options.ts';
export { defaultRetry, noRetry, type RetryPolicy } from './retry.ts';
export type * from './types.ts';
export { verifyWebhook, WebhookError, type WebhookHeaders, type WebhookOptions } from './webhooks.ts';
