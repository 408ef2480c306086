import { join, posix } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { open } from './access.ts';
import { type BrowserRoots, TypeStripper } from './browser-files.ts';

/** Nothing inline and nothing from elsewhere; WebSockets are named since older Safari leaves them out of 'self'. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

interface FileRoute {
  Params: { '*': string };
}

/** The pages, their scripts and styles under `/assets/`, and the browser SDK under `/sdk/`. */
export async function pageRoutes(app: FastifyInstance, { roots }: { roots: BrowserRoots }): Promise<void> {
  const stripper = new TypeStripper();
  // Revalidated each time: a new version of the server shows at the next load.
  await app.register(staticFiles, { serve: false, root: roots.web, cacheControl: false });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy);
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cache-control', 'no-cache');
  });

  const page = (file: string) => async (_request: FastifyRequest, reply: FastifyReply) =>
    reply.sendFile(file, roots.web);
  app.get('/', { config: { access: open } }, page('index.html'));
  app.get('/live', { config: { access: open } }, page('live.html'));
  app.get('/watch/:room', { config: { access: open } }, page('watch.html'));

  const files = (root: string) => async (request: FastifyRequest<FileRoute>, reply: FastifyReply) => {
    // Normalised as an absolute path, it cannot climb out of the root.
    const file = posix.normalize(`/${request.params['*']}`);
    if (file.includes('\0') || /\.test\.[jt]s$/.test(file)) throw new AppError('not_found', 'There is no such file.');
    const code = await stripper.strip(join(root, file));
    if (code !== undefined) return reply.type('text/javascript; charset=utf-8').send(code);
    return reply.sendFile(file, root);
  };
  app.get<FileRoute>('/assets/*', { config: { access: open } }, files(roots.web));
  app.get<FileRoute>('/sdk/*', { config: { access: open } }, files(roots.sdk));
}
