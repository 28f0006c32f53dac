import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { cli } from './support/cli';

const address = inject('temporalAddress');

test('a server that does not answer is exit code 3, with what to check', async () => {
  const { exitCode, err } = await cli('explain', 'any', '--address', '127.0.0.1:1');
  expect(exitCode).toBe(3);
  expect(err).toContain('not reachable at 127.0.0.1:1');
  expect(err).toContain('--address');
});

test('a workflow that does not exist is exit code 4, and says where it was looked for', async () => {
  const { exitCode, err } = await cli('explain', 'no-such-agent', '--address', address);
  expect(exitCode).toBe(4);
  expect(err).toContain('no workflow "no-such-agent" in namespace "default"');
  expect(err).toContain('--namespace');
});

test.each(['explain', 'setup'])('%s in a namespace that does not exist is exit code 4', async (command) => {
  const args = command === 'explain' ? ['explain', 'any'] : ['setup'];
  const { exitCode, err } = await cli(...args, '--address', address, '--namespace', 'no-such-namespace');
  expect(exitCode).toBe(4);
  expect(err).toContain('no-such-namespace');
});

test.each([
  [['explain']],
  [['explain', 'any', '--limit', '0']],
  [['setup', '--only', 'AgentMood']],
  [['setup', '--without', 'AgentTaskType']],
  [['no-such-command']],
])('wrong usage is exit code 2: %s', async (args) => {
  const { exitCode, err } = await cli(...args);
  expect(exitCode).toBe(2);
  expect(err).toContain('error:');
});

test('the installed binary prints help with examples', async () => {
  const main = path.join(import.meta.dirname, '../../lib/cli/main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'explain', '--help']);
  expect(stdout).toContain('--content-dir');
  expect(stdout).toContain('Examples:');
});
