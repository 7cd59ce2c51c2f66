import path from 'node:path';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { withoutDocumentation } from './build/without-documentation.ts';

export default defineConfig({
  root: path.join(import.meta.dirname, 'web'),
  plugins: [
    react(),
    tailwindcss(),
    // React Aria has words of its own in thirty languages.
    { ...optimizeLocales.vite({ locales: ['en-US', 'ko-KR'] }), enforce: 'pre' },
    withoutDocumentation(),
  ],
  // The classes of components are in a layer of their own, below the utilities: nothing has to be merged at run time.
  resolve: { alias: [{ find: /^tailwind-variants$/, replacement: 'tailwind-variants/lite' }] },
  build: {
    outDir: process.env['NARU_CONSOLE_OUT'] ?? path.join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy for content allows no data: URL for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
});
