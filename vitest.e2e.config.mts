import { defineConfig } from 'vitest/config';

const server = { deps: { external: [/\/lib\//] } };

/** Tests that take minutes: `npm run e2e:patterns`, and the first part of `npm run e2e:exporter`. */
export default defineConfig({
  test: {
    // Two files fit two cores, for tests mostly wait.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'patterns',
          // Starts servers of its own.
          include: ['test/e2e/patterns.test.ts'],
          server,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'exporter',
          include: ['test/e2e/exporter/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          server,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
