import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { agentContext } from 'temporal-agent-observability/activity';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { type AgentMetrics, acquireMetrics } from '#lib/metrics/index';
import { Effects } from '../plugin/observed';
import { freePort } from '../support/installed-project';
import { gateIsOpen, SideBySide } from './side-by-side';

const NAMESPACE = 'hostile-surroundings';

let agents: SideBySide;
let effects: Effects;

beforeAll(async () => {
  const built = new Effects();
  agents = await SideBySide.prepare(inject('temporalAddress'), NAMESPACE, built.plugin());
  built.remove();
});

afterAll(() => agents?.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

const activities = { hostile: async () => 'nothing special', harmless: async () => 'fine' };
const run = { arg: 'nothing', options: { activities } };

/** Every cause is logged once, however often it is counted. */
function expectToldOnce(part: string, message: string): void {
  const told = effects.internalErrors.filter((meta) => meta.part === part);
  expect(told).toHaveLength(1);
  expect(told[0]?.error).toContain(message);
}

describe('a content directory', () => {
  test('that cannot be made costs the records, said and counted', async () => {
    // Modes do not hold for everyone, but nobody can make a directory below a file.
    const file = path.join(effects.directory, 'file');
    writeFileSync(file, '');
    const plugin = effects.plugin({ content: path.join(file, 'content') });
    await agents.compare(run, plugin, gateIsOpen(effects));
    expect(await effects.metric('observer_errors_total', { part: 'content' })).toBeGreaterThan(0);
    expectToldOnce('content', 'ENOTDIR');
    expect(await effects.metric('tool_call_duration_seconds_count')).toBe(2);
  });

  test('that is taken away in mid-run costs the records from then on, said and counted', async () => {
    const takenAway = async () => {
      // The agent without the plugin has no directory to lose.
      if (agentContext() === undefined) return 'nothing special';
      rmSync(effects.directory, { recursive: true });
      writeFileSync(effects.directory, '');
      return 'nothing special';
    };
    const options = { activities: { ...activities, hostile: takenAway } };
    await agents.compare({ arg: 'nothing', options }, effects.plugin(), gateIsOpen(effects));
    const errors = await effects.observerErrors();
    expect(Object.keys(errors).every((part) => ['content', 'journal'].includes(part))).toBe(true);
    expect(effects.internalErrors.length).toBeGreaterThan(0);
    expect(await effects.metric('tool_call_duration_seconds_count')).toBe(2);
  });
});

test('a busy metrics port costs the endpoint, said with what to do, and counted', async () => {
  const port = await freePort();
  const other: Server = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  // Nobody can scrape it, but whoever asks for the same address shares its counts.
  let metrics: AgentMetrics | undefined;
  const share = async () => {
    metrics = acquireMetrics({ host: '127.0.0.1', port }, 'worker', () => {}, effects.logger);
    await metrics.ready;
  };
  try {
    await agents.compare(run, effects.plugin({ metrics: { host: '127.0.0.1', port } }), share);
    const counts = await metrics?.registry.metrics();
    const lineOf = (name: string) => counts?.split('\n').find((line) => line.startsWith(`temporal_agent_${name}`));
    expect(lineOf(`observer_errors_total{temporal_namespace="${NAMESPACE}",part="metrics"}`)).toMatch(/ 1$/);
    expect(lineOf('tool_call_duration_seconds_count')).toMatch(/ 1$/);
    expectToldOnce('metrics', 'EADDRINUSE');
    expect(effects.logger.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('metrics.port'));
  } finally {
    await metrics?.release();
    await new Promise((resolve) => other.close(resolve));
  }
});

test('a redactor that throws costs the content, said and counted, and nothing unredacted is stored', async () => {
  const redact = () => {
    throw new Error('no redaction today');
  };
  const workflowId = await agents.compare(run, effects.plugin({ redact }), gateIsOpen(effects));
  const { records } = await effects.records(NAMESPACE, workflowId);
  expect(records.map(({ output }) => output)).toEqual([{ missing: 'redactor-failed' }, { missing: 'redactor-failed' }]);
  expect(await effects.observerErrors()).toEqual({ redact: 2 });
  expectToldOnce('redact', 'no redaction today');
});

test('a redactor that returns no text costs the content, said and counted', async () => {
  const redact = (() => undefined) as unknown as () => string;
  const workflowId = await agents.compare(run, effects.plugin({ redact }), gateIsOpen(effects));
  const { records } = await effects.records(NAMESPACE, workflowId);
  expect(records).toMatchObject([
    { output: { missing: 'redactor-failed' } },
    { output: { missing: 'redactor-failed' } },
  ]);
  expectToldOnce('redact', 'redact must return a string');
});

test('a logger that throws is counted, and stops neither the worker nor the agent', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const log = () => {
    throw new Error('disk full');
  };
  const logger = { log, trace: log, debug: log, info: log, warn: log, error: log };
  try {
    const large = { ...activities, hostile: async () => 'x'.repeat(600 * 1024) };
    await agents.compare(
      { arg: 'large', options: { activities: large } },
      effects.plugin({ logger }),
      gateIsOpen(effects),
    );
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', unhandled);
  }
  // That attributes are written, and the finding.
  expect(await effects.observerErrors()).toEqual({ plugin: 2 });
  expect(await effects.metric('findings_total', { finding: 'payload-near-limit' })).toBe(1);
  expect(unhandled).not.toHaveBeenCalled();
});
