import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { cli } from '../cli/support/cli';
import { createNamespace } from '../support/temporal-server';
import { Office, type Request } from './office';

const address = inject('temporalAddress');
const SERVER = ['--address', address, '--namespace', 'approvals-commands'];
/** Moves the cursor, clears the screen, turns the writing direction, and pretends to be another line. */
const HOSTILE = '\u001b[2J\u009b31m\u202eevil\r\nfake';

let office: Office;

beforeAll(async () => {
  office = await Office.open(address, 'approvals-commands');
});

afterAll(() => office.close());

describe('approvals list', () => {
  test('prints the most urgent first, with subjects shortened', async () => {
    const taskType = randomUUID();
    const subject = `Refund ${'12 '.repeat(50)}`;
    const workflowId = await ask(taskType, { id: 'later', timeout: '2 hours' }, { id: 'refund', subject });
    await listed(taskType, 2);
    const { exitCode, out } = await approvals('list', '--task-type', taskType);
    expect(exitCode).toBe(0);
    const [header, first, second] = out.split('\n');
    expect(header?.split(/ {2,}/)).toEqual([
      'task type',
      'workflow id',
      'approval',
      'state',
      'due',
      'overdue by',
      'escalated to',
      'subject',
    ]);
    expect(first).toMatch(new RegExp(`^${taskType}  ${workflowId}  refund +submitted  \\S+Z  - +- +Refund 12 .*…$`));
    expect(second).toContain('later');
  });

  test('prints JSON, and only as many as are wanted', async () => {
    const taskType = randomUUID();
    const workflowId = await ask(taskType, { id: 'refund', subject: 'Refund 12' }, { id: 'later', timeout: '2 hours' });
    await listed(taskType, 2);
    const { out } = await approvals('list', '--task-type', taskType, '--limit', '1', '--json');
    expect(JSON.parse(out)).toMatchObject({
      namespace: 'approvals-commands',
      approvals: [{ workflowId, taskType, details: 'complete', approval: { id: 'refund', subject: 'Refund 12' } }],
      more: true,
    });
  });

  test('says when nothing is overdue, and by how much something is', async () => {
    const taskType = randomUUID();
    await office.startUnattended(taskType, taskType, new Date(Date.now() + 3_600_000));
    await vi.waitFor(async () =>
      expect((await approvals('list', '--task-type', taskType, '--no-details')).out).toContain('submitted'),
    );
    const none = await approvals('list', '--overdue', '--task-type', taskType);
    expect(none).toMatchObject({
      exitCode: 0,
      out: `No overdue approvals of task type "${taskType}" in namespace "approvals-commands".`,
    });
    await office.startUnattended(`${taskType}-late`, taskType, new Date(Date.now() - 7_200_000));
    const late = await vi.waitFor(
      async () => {
        const { out } = await approvals('list', '--overdue', '--task-type', taskType, '--timeout', '1s');
        expect(out).toContain(`${taskType}-late`);
        return out;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(late).toContain('2 h 0 min');
    expect(late).toContain('1 of them did not answer');
  });
});

describe('approvals show', () => {
  test('prints what happened to each approval, and when it is due', async () => {
    const workflowId = await ask('show', { id: 'refund', subject: 'Refund 12' });
    await office.approvals.acknowledge(workflowId, 'refund', { actor: 'kim', note: 'looking' });
    const { exitCode, out } = await approvals('show', workflowId);
    expect(exitCode).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toBe('refund  acknowledged');
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}subject +Refund 12$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}due +\S+Z \(in 59 min \d+ s\)$/));
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(/^ {4}\S+Z {2}submitted$/),
      expect.stringMatching(/^ {4}\S+Z {2}acknowledged {2}by kim {2}looking$/),
    ]);
  });

  test('prints JSON of one approval', async () => {
    const workflowId = await ask('show', { id: 'refund' }, { id: 'email' });
    const { out } = await approvals('show', workflowId, 'email', '--json');
    expect(JSON.parse(out)).toMatchObject({ workflowId, open: [{ id: 'email', state: 'submitted' }], ended: [] });
  });

  test('of what was not requested, or is not there, is exit code 4', async () => {
    const workflowId = await ask('show', { id: 'refund' });
    expect(await approvals('show', workflowId, 'other')).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('has not requested approval "other"'),
    });
    expect(await approvals('show', 'no-such-agent')).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('"no-such-agent" is not in this namespace'),
    });
  });
});

describe('approvals ack, approve and reject', () => {
  test('take the one approval that is open, and say which', async () => {
    const workflowId = await ask('decide', { id: 'refund' });
    const acknowledged = await approvals('ack', workflowId, '--note', 'looking');
    expect(acknowledged).toMatchObject({ exitCode: 0, err: 'The one open approval: refund' });
    expect(acknowledged.out).toContain(`by ${userInfo().username}  looking`);
    const approved = await approvals('approve', workflowId, '--actor', 'kim');
    expect(approved.out.split('\n')[0]).toBe('refund  approved');
    expect(await approvals('approve', workflowId)).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('no open approval'),
    });
  });

  test('ask which one where several are open', async () => {
    const workflowId = await ask('decide', { id: 'refund' }, { id: 'email' });
    expect(await approvals('reject', workflowId)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('"refund", "email"'),
    });
    expect(await approvals('reject', workflowId, 'email', '--json')).toMatchObject({ exitCode: 0 });
    expect(await office.approvals.get(workflowId)).toMatchObject({
      open: [{ id: 'refund' }],
      ended: [{ id: 'email', state: 'rejected' }],
    });
  });

  test('print JSON', async () => {
    const workflowId = await ask('decide', { id: 'refund' });
    const { out } = await approvals('approve', workflowId, 'refund', '--actor', 'kim', '--note', 'fine', '--json');
    expect(JSON.parse(out)).toMatchObject({
      namespace: 'approvals-commands',
      workflowId,
      approvalId: 'refund',
      via: 'update',
      approval: { state: 'approved', changes: [{}, { actor: 'kim', note: 'fine' }] },
    });
  });

  test('are exit code 6 when the workflow refuses, with its reason as JSON', async () => {
    const workflowId = await ask('decide', { id: 'refund' });
    await approvals('approve', workflowId, 'refund');
    const refused = await approvals('reject', workflowId, 'refund', '--json');
    expect(refused.exitCode).toBe(6);
    expect(refused.err).toContain('approved');
    expect(JSON.parse(refused.out)).toMatchObject({
      workflowId,
      approvalId: 'refund',
      refused: { reason: 'already-decided', retry: false },
      approval: { state: 'approved' },
    });
    const unknown = await approvals('ack', workflowId, 'other');
    expect(unknown).toMatchObject({ exitCode: 6, err: expect.stringContaining('Try again later') });
  });

  test('by signal say no more than that it is recorded', async () => {
    const workflowId = await ask('decide', { id: 'refund' });
    const { exitCode, out } = await approvals('reject', workflowId, 'refund', '--signal');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringContaining('Recorded for approval refund') });
    expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ state: 'rejected' });
  });

  test('are exit code 1 when nobody answers', async () => {
    await office.startUnattended('unattended', 'decide', new Date());
    const { exitCode, err } = await approvals('approve', 'unattended', 'refund', '--timeout', '1s');
    expect(exitCode).toBe(1);
    expect(err).toContain('may still be applied');
    expect(err).toContain('--signal');
  });
});

test('what others wrote never reaches the terminal raw', async () => {
  const taskType = randomUUID();
  const workflowId = await ask(taskType, { id: HOSTILE, subject: HOSTILE });
  await office.approvals.acknowledge(workflowId, HOSTILE, { actor: HOSTILE, note: HOSTILE });
  await listed(taskType, 1);
  const list = await approvals('list', '--task-type', taskType);
  const show = await approvals('show', workflowId);
  const json = await approvals('show', workflowId, '--json');
  const approved = await approvals('approve', workflowId);
  const refused = await approvals('reject', workflowId, HOSTILE);
  for (const { out, err } of [list, show, json, approved, refused]) {
    expect(`${out}${err}`).toContain('\\u001b[2J\\u009b31m\\u202eevil');
    expect(`${out}${err}`).not.toMatch(/[^\P{C}\n]/u);
    expect(`${out}${err}`).not.toMatch(/^fake/m);
  }
  expect(JSON.parse(json.out).open[0]).toMatchObject({ id: HOSTILE, subject: HOSTILE });
});

test.each([
  [['list', '--limit', '0']],
  [['approve']],
  [['approve', '']],
  [['approve', 'agent', 'x'.repeat(201)]],
  [['approve', 'agent', 'refund', '--note', '']],
  [['ack', 'agent', 'refund', '--timeout', 'soon']],
  [['decide', 'agent']],
])('wrong usage is exit code 2: approvals %s', async (args) => {
  expect((await approvals(...args)).exitCode).toBe(2);
});

test('a namespace that does not exist is exit code 4', async () => {
  for (const args of [['list'], ['show', 'agent'], ['approve', 'agent', 'refund']]) {
    const { exitCode, err } = await cli('approvals', ...args, '--address', address, '--namespace', 'no-such-namespace');
    expect({ exitCode, err }).toEqual({ exitCode: 4, err: expect.stringContaining('no-such-namespace') });
  }
});

test('a namespace without the search attributes says how to get them', async () => {
  await createNamespace(address, 'approvals-without-attributes');
  const server = ['--address', address, '--namespace', 'approvals-without-attributes'];
  const { exitCode, err } = await cli('approvals', 'list', ...server);
  expect(exitCode).toBe(1);
  expect(err).toContain('temporal-agent-observability setup');
});

test('the installed binary decides', async () => {
  const workflowId = await ask('decide', { id: 'refund' });
  const main = path.join(import.meta.dirname, '../../lib/cli/main.js');
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [main, 'approvals', 'approve', workflowId, '--json', ...SERVER]);
  expect(JSON.parse(stdout)).toMatchObject({ approvalId: 'refund', approval: { state: 'approved' } });
  const refused = run(process.execPath, [main, 'approvals', 'reject', workflowId, 'refund', ...SERVER]);
  await expect(refused).rejects.toMatchObject({ code: 6, stderr: expect.stringContaining('approved') });
});

function approvals(...args: readonly string[]) {
  return cli('approvals', ...args, ...SERVER);
}

/** Starts an agent that waits for these. */
async function ask(taskType: string, ...requests: Request[]): Promise<string> {
  const { workflowId } = await office.start('asksAndStays', requests, taskType);
  await office.approvals.get(workflowId);
  return workflowId;
}

/** Waits until visibility shows so many. */
async function listed(taskType: string, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await office.approvals.list({ taskType })).approvals).toHaveLength(count), {
    timeout: 20_000,
    interval: 100,
  });
}
