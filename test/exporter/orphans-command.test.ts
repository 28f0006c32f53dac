import { PassThrough } from 'node:stream';
import { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { buildReport } from '#lib/cli/orphans/report';
import { run } from '#lib/cli/program';
import { createTerminal } from '#lib/cli/terminal';
import type { ChildRun } from '#lib/exporter/running-children';
import { type CliResult, cli } from '../cli/support/cli';
import { startDenyingProxy } from '../cli/support/denying-proxy';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { startParentOf } from './orphans/support';
import { connect, SOON } from './support';

const address = inject('temporalAddress');
const NAMESPACE = 'orphans-command';
const AT = ['--address', address, '--namespace', NAMESPACE];

beforeAll(async () => {
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
});

/** Agents of a task type whose parent was terminated, and one whose parent is open. */
async function prepare(taskType: string, count: number) {
  const client = new Client({ connection: await connect(address), namespace: NAMESPACE });
  const workflowIds = Array.from({ length: count }, (_, index) => `${taskType}/${index}`);
  const parent = await startParentOf(client, taskType, { workflowIds, taskType });
  await startParentOf(client, `${taskType}-open`, { workflowIds: [`${taskType}-open/child`], taskType });
  await parent.terminate();
  await vi.waitFor(async () => {
    const query = `AgentTaskType = '${taskType}' OR (WorkflowId = '${taskType}' AND ExecutionStatus = 'Terminated')`;
    const seen = await client.workflow.count(query);
    if (seen.count !== count + 2) throw new Error(`${seen.count} are seen`);
  }, SOON);
  const status = async (workflowId: string) => (await client.workflow.getHandle(workflowId).describe()).status.name;
  return { client, parent, workflowIds, status };
}

/** Runs the command with somebody at the terminal who types an answer. */
async function cliAnswered(answer: string | undefined, ...args: string[]): Promise<CliResult & { asked: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const screen = new PassThrough();
  let asked = '';
  screen.on('data', (data) => {
    asked += String(data);
  });
  if (answer === undefined) input.end();
  else input.write(`${answer}\n`);
  const output = { print: (line: string) => out.push(line), note: (line: string) => err.push(line) };
  const exitCode = await run(args, output, createTerminal(input, screen));
  return { exitCode, out: out.join('\n'), err: err.join('\n'), asked };
}

describe('lists', () => {
  test('orphans with their age, how far they are and what became of the parent', async () => {
    const { client, parent } = await prepare('listed', 2);
    const { exitCode, out, err } = await cli('orphans', ...AT, '--task-type', 'listed');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const { runId } = await client.workflow.getHandle('listed/0').describe();
    const closedAt = (await parent.describe()).closeTime?.toISOString();
    expect(out.split('\n')).toHaveLength(3);
    const line = out.split('\n').find((text) => text.includes('listed/0')) ?? '';
    expect(line.split(/ {2,}/).slice(1)).toEqual([
      'listed',
      '-',
      '-',
      '-',
      'listed/0',
      runId,
      'listed',
      `was terminated at ${closedAt}`,
    ]);
    expect(out).not.toContain('listed-open');
  });

  test('one that waits for its cron schedule as being of no age', () => {
    const nowMs = Date.now();
    const run: ChildRun = {
      workflowId: 'nightly',
      runId: 'run',
      workflowType: 'agent',
      taskQueue: 'agents',
      status: 'Running',
      parent: { workflowId: 'parent', runId: 'parent-run' },
      startedAtMs: nowMs - 60_000,
      executionAtMs: nowMs + 3_600_000,
    };
    const found = { orphans: [{ run, parentEnd: {} }], children: 1, more: false, undecided: 0 };
    expect(buildReport({ namespace: NAMESPACE, nowMs, found }).orphans).toMatchObject([{ ageSeconds: 0 }]);
  });

  test('them as JSON', async () => {
    const { client, parent } = await prepare('as-json', 1);
    const { exitCode, out } = await cli('orphans', ...AT, '--task-type', 'as-json', '--json');
    expect(exitCode).toBe(0);
    const { runId, startTime } = await client.workflow.getHandle('as-json/0').describe();
    expect(JSON.parse(out)).toEqual({
      namespace: NAMESPACE,
      asOf: expect.stringMatching(/^\d{4}-.*Z$/),
      children: 2,
      more: false,
      undecided: 0,
      orphans: [
        {
          taskType: 'as-json',
          workflowType: 'rawChild',
          workflowId: 'as-json/0',
          runId,
          startedAt: startTime.toISOString(),
          ageSeconds: expect.any(Number),
          parent: {
            workflowId: 'as-json',
            runId: parent.firstExecutionRunId,
            status: 'Terminated',
            closedAt: (await parent.describe()).closeTime?.toISOString(),
          },
        },
      ],
    });
  });

  test('nothing where nothing is orphaned, or old enough', async () => {
    await prepare('too-young', 1);
    const none = await cli('orphans', ...AT, '--task-type', 'no-such-type');
    expect(none).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('No orphans in namespace "orphans-command"'),
    });
    const young = await cli('orphans', ...AT, '--task-type', 'too-young', '--older-than', '1h');
    expect(young.out).toContain('No orphans');
    const limited = await cli('orphans', ...AT, '--task-type', 'too-young', '--limit', '1');
    expect(limited.out).toContain('There are more running child agents than the 1 oldest');
  });
});

describe('ends', () => {
  test('orphans alone, by termination, with a reason in their histories', async () => {
    const { client, workflowIds, status } = await prepare('ended', 15);
    const { exitCode, out } = await cli('orphans', ...AT, '--task-type', 'ended', '--terminate', '--yes');
    expect(exitCode).toBe(0);
    expect(out.match(/^terminated {2,}ended\/\d+ {2}/gm)).toHaveLength(15);
    expect(await Promise.all(workflowIds.map(status))).toEqual(Array(15).fill('TERMINATED'));
    expect(await status('ended-open/child')).toBe('RUNNING');
    const { events } = await client.workflow.getHandle('ended/3').fetchHistory();
    expect(events?.at(-1)?.workflowExecutionTerminatedEventAttributes).toMatchObject({
      reason: expect.stringMatching(/^its parent ended was terminated at /),
      identity: 'temporal-agent-observability orphans',
    });
  });

  test('orphans by cancellation, as often as it is asked for, and gives the results as JSON', async () => {
    const { client } = await prepare('cancelled', 1);
    const flags = [...AT, '--task-type', 'cancelled', '--cancel', '--yes', '--reason', 'nobody reads it', '--json'];
    for (let time = 0; time < 2; time++) {
      const { exitCode, out } = await cli('orphans', ...flags);
      expect(exitCode).toBe(0);
      expect(JSON.parse(out).orphans).toMatchObject([
        { workflowId: 'cancelled/0', result: { outcome: 'cancel-requested' } },
      ]);
    }
    const { events } = await client.workflow.getHandle('cancelled/0').fetchHistory();
    const requests = events?.flatMap(({ workflowExecutionCancelRequestedEventAttributes: request }) => request ?? []);
    expect(requests?.[0]).toMatchObject({ cause: 'nobody reads it' });
  });

  test('no run that came later under the workflow id, and says that the one meant had closed', async () => {
    const { client, status } = await prepare('raced', 1);
    const { runId } = await client.workflow.getHandle('raced/0').describe();
    const terminal = {
      isInteractive: true,
      async ask() {
        await client.workflow.getHandle('raced/0').terminate();
        await client.workflow.start('later', { workflowId: 'raced/0', taskQueue: 'no-worker' });
        return 'yes';
      },
    };
    const lines: string[] = [];
    const output = { print: (line: string) => lines.push(line), note: (line: string) => lines.push(line) };
    expect(await run(['orphans', ...AT, '--task-type', 'raced', '--terminate'], output, terminal)).toBe(0);
    expect(lines).toContain(`already-closed    raced/0  ${runId}`);
    expect(lines.at(-1)).toContain('1 run had closed before');
    expect(await status('raced/0')).toBe('RUNNING');
  });

  test('what it may, and fails when it may not', async () => {
    const { status } = await prepare('denied', 1);
    const proxy = await startDenyingProxy(address, ['TerminateWorkflowExecution']);
    try {
      const flags = ['--address', proxy.address, '--namespace', NAMESPACE, '--task-type', 'denied'];
      const { exitCode, out, err } = await cli('orphans', ...flags, '--terminate', '--yes', '--json');
      expect(exitCode).toBe(1);
      expect(JSON.parse(out).orphans).toMatchObject([
        { result: { outcome: 'failed', error: expect.stringContaining('unauthorized') } },
      ]);
      expect(err).toContain('1 of 1 run could not be ended');
    } finally {
      proxy.close();
    }
    expect(await status('denied/0')).toBe('RUNNING');
  });
});

describe('asks first', () => {
  test('with the number of runs and the namespace, and ends them for "yes"', async () => {
    const { status } = await prepare('confirmed', 2);
    const flags = [...AT, '--task-type', 'confirmed', '--terminate'];
    const { exitCode, out, asked } = await cliAnswered('yes', 'orphans', ...flags);
    expect(exitCode).toBe(0);
    expect(asked).toContain(`Terminate 2 runs in namespace "${NAMESPACE}" at ${address}? Type yes to do it: `);
    expect(out).toMatch(/confirmed\/0.*terminated {2,}confirmed\/0/s);
    expect(await status('confirmed/0')).toBe('TERMINATED');
  });

  test('and ends nothing for any other answer, or none', async () => {
    const { status } = await prepare('unconfirmed', 1);
    for (const answer of ['y', '', undefined]) {
      const flags = [...AT, '--task-type', 'unconfirmed', '--cancel', '--json'];
      const { exitCode, out, err, asked } = await cliAnswered(answer, 'orphans', ...flags);
      expect(asked).toContain('Cancel 1 run in namespace');
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
      expect(err).toContain('unconfirmed/0');
      expect(err).toContain('Not confirmed: nothing was ended.');
    }
    expect(await status('unconfirmed/0')).toBe('RUNNING');
  });

  test('but does not ask when there is nothing to end', async () => {
    const { exitCode, asked } = await cliAnswered('yes', 'orphans', ...AT, '--task-type', 'none', '--terminate');
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: '' });
  });

  test('and refuses without a terminal', async () => {
    const { exitCode, err } = await cli('orphans', '--address', '127.0.0.1:1', '--terminate');
    expect(exitCode).toBe(2);
    expect(err).toContain('there is no terminal to ask at');
    expect(err).toContain('--yes');
  });

  test('and refuses options that make no sense together', async () => {
    expect((await cli('orphans', '--cancel', '--terminate', '--yes')).exitCode).toBe(2);
    expect((await cli('orphans', '--yes')).exitCode).toBe(2);
    expect((await cli('orphans', '--limit', '0')).exitCode).toBe(2);
  });
});
