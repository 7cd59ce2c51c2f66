import path from 'node:path';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressed } from './build/compressed.ts';
import { withoutDocumentation } from './build/without-documentation.ts';

/** While pages are being written: `vite --config apps/console/vite.config.ts` beside a stack that runs. */
const DEV_API = 'http://127.0.0.1:3000';
const DEV_ORIGIN = 'http://localhost:4000';

export default defineConfig({
  root: path.join(import.meta.dirname, 'web'),
  plugins: [
    react(),
    tailwindcss(),
    // React Aria has words of its own in thirty languages.
    { ...optimizeLocales.vite({ locales: ['en-US', 'ko-KR'] }), enforce: 'pre' },
    withoutDocumentation(),
    compressed(),
  ],
  // The classes of components are in a layer of their own, below the utilities: nothing has to be merged at run time.
  resolve: { alias: [{ find: /^tailwind-variants$/, replacement: 'tailwind-variants/lite' }] },
  server: {
    proxy: {
      '/api': {
        target: DEV_API,
        rewrite: (path) => path.slice('/api'.length),
        headers: { origin: DEV_ORIGIN },
      },
      '^/auth/': { target: DEV_API, headers: { origin: DEV_ORIGIN } },
    },
  },
  build: {
    outDir: process.env['NARU_CONSOLE_OUT'] ?? path.join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy for content allows no data: URL for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true, // which view needs which files: what a first load weighs is tested
    chunkSizeWarningLimit: 800,
  },
});
