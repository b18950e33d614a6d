// Relative base: the page works at / and behind a reverse proxy's prefix alike.
import { defineConfig } from 'vitest/config';

declare const process: { env: Record<string, string | undefined> };
const daemon = process.env.SLUICE_ADDR ?? 'http://127.0.0.1:3180';

export default defineConfig({
  base: './',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // data: URLs would need a wider content security policy
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/api': daemon, '/loki': { target: daemon, ws: true } },
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] },
});
