import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// They install packages first, which takes longer than any other test.
const INSTALLS = ['test/package/**/*.test.ts', 'test/compat/**/*.test.ts'];
const NEVER = ['**/node_modules/**', 'test/compat/project/**'];
// Takes minutes, and has a configuration of its own.
const E2E = ['test/e2e/**/*.test.ts'];

// The built package is what users run, so it is what the tests load, as Node does.
const server = { deps: { external: [/\/lib\//] } };

export default defineConfig({
  test: {
    // Tests mostly wait for servers, so that three files fit two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Stands here and not in the projects, which would start a server each.
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      {
        test: {
          name: 'behaviour',
          include: ['test/**/*.test.ts'],
          exclude: [...NEVER, ...INSTALLS, ...E2E],
          server,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'installed',
          // After all others, for installing and bundling take both cores and would make them wait.
          sequence: { groupOrder: 1 },
          include: INSTALLS,
          exclude: NEVER,
          server,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
