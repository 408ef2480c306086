import { z } from 'zod';

/**
 * Of http or https. Without user and password: fetch refuses such a URL whenever it is called, with an error that
 * quotes it.
 */
export const webUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url === undefined || (url.username === '' && url.password === '');
  });
