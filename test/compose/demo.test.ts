import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { ended } from '../doctor/monitoring';
import { connect } from '../exporter/support';
import { samples } from '../metrics/scrape';
import { freePort } from '../support/installed-project';
import { startTemporalServer } from '../support/temporal-server';

const ROOT = path.join(import.meta.dirname, '../..');
const SOON = { timeout: 50_000, interval: 250 };

test('the worker of the container seeds a stuck agent and an approval, and others do well', async () => {
  const server = await startTemporalServer();
  onTestFinished(() => server.stop());
  const content = mkdtempSync(path.join(tmpdir(), 'compose-demo-'));
  onTestFinished(() => rmSync(content, { recursive: true, force: true }));
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'compose/demo/main.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: server.address,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: String(port),
      CORE_METRICS_PORT: String(await freePort()),
      TEMPORAL_AGENT_OBSERVABILITY_CONTENT: content,
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
    },
    stdio: 'ignore',
  });
  onTestFinished(() => ended(child));

  const client = new Client({ connection: connect(server.address) });
  const count = (query: string) => client.workflow.count(query).then(({ count: found }) => found);
  const { taskTypes } = parse(readFileSync(path.join(ROOT, 'compose/exporter.yaml'), 'utf8'));
  await vi.waitFor(async () => {
    for (const taskType of Object.keys(taskTypes)) {
      expect(await count(`AgentTaskType = '${taskType}' AND ExecutionStatus = 'Running'`)).toBe(1);
    }
    expect(await count("AgentApprovalState = 'submitted' AND AgentApprovalDueAt IS NOT NULL")).toBe(1);
    expect(await count("AgentTaskType = 'customer-research' AND ExecutionStatus = 'Completed'")).toBeGreaterThan(0);
  }, SOON);
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const tokens = [...samples(page)].filter(([name]) => name.startsWith('temporal_agent_llm_input_tokens_total{'));
  expect(tokens).not.toEqual([]);

  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});
