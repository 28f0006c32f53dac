import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the entry point for clients loads nothing of workers', async () => {
  const script = `
    const client = require('temporal-agent-observability/client');
    const loaded = Object.keys(require.cache).map((file) => /node_modules.(@temporalio.[\\w-]+)/.exec(file)?.[1]);
    console.log(JSON.stringify({ exports: Object.keys(client), packages: [...new Set(loaded)] }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: import.meta.dirname });
  const { exports, packages } = JSON.parse(stdout);
  expect(exports.sort()).toEqual([
    'ApprovalClient',
    'ApprovalRefusedError',
    'ApprovalUnansweredError',
    'startAgent',
    'withAgentTask',
  ]);
  expect(packages).toContain('@temporalio/client');
  expect(packages).not.toContain('@temporalio/worker');
  expect(packages).not.toContain('@temporalio/core-bridge');
});
