import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const proxy = { '/signal': { target: process.env.MEDIA_SERVER ?? 'http://localhost:8082', ws: true } };

export default defineConfig({
  plugins: [react()],
  // The SDK of this checkout. In a project of your own: npm install @bitbasel/client, and neither this nor the paths in
  // tsconfig.json.
  resolve: {
    alias: [
      {
        find: /^@bitbasel\/client\/(\w+)$/,
        replacement: new URL('../../packages/client/src/$1.ts', import.meta.url).pathname,
      },
    ],
  },
  server: { proxy },
  preview: { proxy },
});
