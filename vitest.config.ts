import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // The built package is what users run, so it is what the tests load, as Node does.
    server: { deps: { external: [/\/lib\//] } },
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
