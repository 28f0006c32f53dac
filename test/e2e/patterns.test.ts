import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Logger, Runtime } from '@temporalio/worker';
import { FINDINGS, PATTERNS, runtimeOptions } from 'temporal-agent-observability';
import { LocalDirectoryStore, readRun } from 'temporal-agent-observability/content';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES, SERVER_CONFIG } from '../../examples/patterns/examples';
import { runExample } from '../../examples/patterns/run';
import { cli } from '../cli/support/cli';
import { startTemporalServer } from '../support/temporal-server';

const nothing = (): void => {};
const logger: Logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

const contentDirectory = mkdtempSync(path.join(tmpdir(), 'agent-patterns-test-'));
/** Runs with a finding, by its id. */
const affected = new Map<string, readonly string[]>();
let server: Awaited<ReturnType<typeof startTemporalServer>>;

beforeAll(async () => {
  Runtime.install(runtimeOptions({ metricsAddress: 'off', runtime: { logger } }));
  server = await startTemporalServer({ dynamicConfig: SERVER_CONFIG });
});

afterAll(async () => {
  await server.stop();
  rmSync(contentDirectory, { recursive: true, force: true });
});

test('there is an example for each pattern, and it shows findings of that pattern', () => {
  expect(EXAMPLES.map(({ pattern }) => String(pattern))).toEqual(Object.keys(PATTERNS));
  const patternOf = new Map<string, number>(FINDINGS.map(({ id, pattern }) => [id, pattern]));
  for (const { pattern, broken, fixed } of EXAMPLES) {
    expect(broken.findings.map(([id]) => patternOf.get(id))).toContain(pattern);
    expect(fixed.findings).toEqual([]);
  }
});

describe.each(EXAMPLES)('pattern $pattern, $directory', (example) => {
  test('the broken agent has its findings and no other, in the log and under its run', async () => {
    const { workflowId, findings, internalErrors } = await run('broken');
    expect(findings.map(({ id, severity }) => [id, severity]).sort()).toEqual([...example.broken.findings].sort());
    expect(internalErrors).toBe(0);
    const store = new LocalDirectoryStore({ directory: contentDirectory });
    const recorded = (await readRun(store, 'default', workflowId)).findings;
    const ofRun = findings.filter((finding) => finding.workflowId !== undefined);
    for (const { id } of ofRun) affected.set(id, [...(affected.get(id) ?? []), workflowId]);
    expect(recorded.map(({ id }) => id).sort()).toEqual(ofRun.map(({ id }) => id).sort());
  });

  test('the fixed agent has none, and completes', async () => {
    const { outcome, findings, internalErrors } = await run('fixed');
    expect({ outcome, findings, internalErrors }).toEqual({ outcome: 'completed', findings: [], internalErrors: 0 });
  });

  const run = (variant: 'broken' | 'fixed') =>
    runExample(example, variant, { address: server.address, contentDirectory, logger });
});

/** Those whose findings are made in the sandbox, which is rebuilt for every task when nothing is cached. */
const REPLAYED = EXAMPLES.filter(({ pattern }) => [3, 5, 6, 9, 11].includes(pattern));

test.each(REPLAYED)('replay repeats no finding and loses none: $directory', async (example) => {
  const options = { address: server.address, contentDirectory, logger, maxCachedWorkflows: 0 };
  const { findings } = await runExample(example, 'broken', options);
  expect(findings.map(({ id, severity }) => [id, severity]).sort()).toEqual([...example.broken.findings].sort());
});

test('the command line lists the runs that a finding affects', async () => {
  for (const [id, workflowIds] of affected) {
    const { exitCode, out } = await cli(
      'findings',
      '--id',
      id,
      '--since',
      '1h',
      '--json',
      '--content-dir',
      contentDirectory,
    );
    const listed = (JSON.parse(out) as { findings: { workflowId?: string }[] }).findings;
    expect(exitCode).toBe(0);
    for (const workflowId of workflowIds) expect(listed.map((finding) => finding.workflowId)).toContain(workflowId);
  }
});
