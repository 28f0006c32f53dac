import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cli } from '../cli/support/cli';
import { Office } from './office';

const NAMESPACE = 'approvals-payload-codec';
const CONVERTER = require.resolve('../cli/support/replay-check/data-converter.cjs');
const address = inject('temporalAddress');

let office: Office;

beforeAll(async () => {
  const { dataConverter } = await import(CONVERTER);
  office = await Office.open(address, NAMESPACE, dataConverter);
});

afterAll(() => office.close());

test('with the data converter of the workers, approvals are read and decided', async () => {
  const { workflowId } = await office.start('asksAndStays', [{ id: 'refund', subject: 'Refund 12' }]);
  expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ subject: 'Refund 12' });
  const approved = await approvals('approve', workflowId, '--data-converter', CONVERTER);
  expect(approved).toMatchObject({ exitCode: 0, out: expect.stringContaining('Refund 12') });
  const refused = await approvals('reject', workflowId, 'refund', '--data-converter', CONVERTER);
  expect(refused).toMatchObject({ exitCode: 6, err: expect.stringContaining('approved') });
});

test('without it, the command says that there was an answer, and how to read it', async () => {
  const { workflowId } = await office.start('asksAndStays', [{ id: 'refund' }]);
  await office.approvals.get(workflowId);
  for (const args of [
    ['show', workflowId],
    ['approve', workflowId, 'refund'],
    ['reject', workflowId, 'refund'],
  ]) {
    const { exitCode, err } = await approvals(...args);
    expect({ args, exitCode, err }).toMatchObject({ exitCode: 1, err: expect.stringContaining('--data-converter') });
  }
  expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ state: 'approved' });
});

function approvals(...args: readonly string[]) {
  return cli('approvals', ...args, '--address', address, '--namespace', NAMESPACE);
}
