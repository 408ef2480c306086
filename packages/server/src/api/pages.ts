import { join, posix } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { open } from './access.ts';
import { type BrowserRoots, TypeStripper } from './browser-files.ts';
import { setPageHeaders } from './page-headers.ts';

interface FileRoute {
  Params: { '*': string };
}

/** What the dashboard needs of uPlot; the rest of its package is not served. */
const chartFiles = ['uPlot.esm.js', 'uPlot.min.css'];

/** The pages, their scripts and styles under `/assets/`, and the browser SDK under `/sdk/`. */
export async function pageRoutes(app: FastifyInstance, { roots }: { roots: BrowserRoots }): Promise<void> {
  const stripper = new TypeStripper();
  app.addHook('onRequest', setPageHeaders);

  const page = (file: string) => async (_request: FastifyRequest, reply: FastifyReply) =>
    reply.sendFile(file, roots.web);
  app.get('/', { config: { access: open } }, page('index.html'));
  app.get('/live', { config: { access: open } }, page('live.html'));
  app.get('/watch/:room', { config: { access: open } }, page('watch.html'));
  app.get('/dashboard', { config: { access: open } }, page('dashboard.html'));
  app.get<{ Params: { file: string } }>(
    '/dashboard/charts/:file',
    { config: { access: open } },
    async ({ params }, reply) =>
      chartFiles.includes(params.file) ? reply.sendFile(params.file, roots.charts) : reply.callNotFound(),
  );

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
