import { defineConfig } from 'vitest/config';

/** Tests that take minutes: `npm run e2e:patterns`. They start servers of their own. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    server: { deps: { external: [/\/lib\//] } },
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
