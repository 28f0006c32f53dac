import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { isOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';

const NAMESPACE = 'hostile-full-directory';
/** In units of 512 bytes, as POSIX has it; some shells count in kilobytes. */
const LARGEST_FILE = 8;

const effects = new Effects();
let server: Server;
let codePath: string;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
  const workflowsPath = require.resolve('./workflows/index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
  codePath = path.join(effects.directory, 'bundle.js');
  writeFileSync(codePath, code);
});

afterAll(async () => {
  await server?.close();
  effects.remove();
});

/** Runs the agent in a process that cannot make a file grow, which is what a full disk comes to. */
async function runAgent(taskQueue: string, content?: string) {
  const job = JSON.stringify({ address: server.address, namespace: NAMESPACE, taskQueue, codePath, content });
  const script = path.join(__dirname, 'run-agent.cjs');
  const command = `ulimit -f ${LARGEST_FILE} && exec "$0" "$1" "$2"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, script, job]);
  const { result, warnings, counts } = JSON.parse(stdout);
  const { events } = await server.client.workflow.getHandle(taskQueue).fetchHistory();
  const seen = { result, events: events?.filter((event) => !isOurs(event)).map(({ eventType }) => eventType) };
  const errors = (warnings as { part?: string; error?: string }[]).filter(({ part }) => part !== undefined);
  return { seen, errors, counts: String(counts) };
}

test('a directory without room costs content and records, said once per cause and counted', async () => {
  const without = await runAgent('plain');
  const { seen, errors, counts } = await runAgent('observed', path.join(effects.directory, 'content'));
  expect(seen).toEqual(without.seen);
  expect(errors.length).toBeGreaterThan(0);
  expect(new Set(errors.map(({ part, error }) => `${part} ${error}`)).size).toBe(errors.length);
  expect(JSON.stringify(errors)).toMatch(/EFBIG|a write was cut off/);
  const counted = counts
    .split('\n')
    .filter((line) => /observer_errors_total\{.*(content|journal).*\} [1-9]/.test(line));
  expect(counted.length).toBeGreaterThan(0);
  expect(counts).toContain('tool="harmless",outcome="ok"} 1');
});
