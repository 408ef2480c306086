import { z } from 'zod';
import { settingNotes } from '../setting-notes.ts';

const path = z.string().min(1).max(4096);

/** HTTPS and secure WebSocket on every HTTP port. */
export const tls = z.strictObject({
  cert: path.exactOptional().register(settingNotes, {
    help: 'PEM file of the certificate and its chain: HTTP and WebSocket are served over TLS, on all HTTP ports',
    expects: 'the path of a file; needs tls.key as well',
  }),
  key: path.exactOptional().register(settingNotes, {
    help: 'PEM file of its private key. Both files are watched, and a renewed pair is used at once',
    expects: 'the path of a file; needs tls.cert as well',
  }),
});
