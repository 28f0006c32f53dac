import { Client, Connection } from '@temporalio/client';
import { ApprovalClient, type DecideOptions, type ListApprovalsOptions } from 'temporal-agent-observability/client';
import { expect, test } from 'vitest';

// Never connects: what is wrong is said before.
const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
const approvals = new ApprovalClient(client);

test.each([
  [undefined, 'ApprovalClient: expected a Client, or { connection, namespace }, got undefined'],
  [{ connection: client.connection }, 'namespace: expected a non-empty string, got undefined'],
  [{ namespace: 'default' }, 'connection: expected a Connection, got undefined'],
  [{ connection: client.connection, namespace: 'default', tls: true }, 'ApprovalClient: unknown option "tls"'],
])('a client of %o is refused', (target, message) => {
  expect(() => new ApprovalClient(target as never)).toThrow(message);
});

test.each<[Partial<Record<keyof DecideOptions, unknown>>, string]>([
  [{}, "verdict: expected one of 'approve', 'reject', got undefined"],
  [{ verdict: 'yes' }, "verdict: expected one of 'approve', 'reject', got \"yes\""],
  [{ verdict: 'approve', actor: '' }, 'actor: expected a non-empty string, got ""'],
  [{ verdict: 'approve', actor: 'k'.repeat(201) }, 'actor: expected at most 200 characters'],
  [{ verdict: 'approve', note: 'n'.repeat(1001) }, 'note: expected at most 1000 characters'],
  [{ verdict: 'approve', via: 'mail' }, "via: expected one of 'update', 'signal', got \"mail\""],
  [{ verdict: 'approve', timeout: 0 }, 'timeout: expected a duration in milliseconds above 0, got 0'],
  [{ verdict: 'approve', timeout: 'soon' }, 'timeout: expected a duration, for example'],
  [{ verdict: 'approve', runId: 7 }, 'runId: expected a non-empty string, got 7'],
  [{ verdict: 'approve', via: 'signal', retryUntilRequested: '1s' }, 'retryUntilRequested: expected nothing with via'],
  [{ verdict: 'approve', actr: 'kim' } as never, 'options: unknown option "actr"'],
])('decide with %o is refused', async (options, message) => {
  await expect(approvals.decide('agent', 'refund', options as DecideOptions)).rejects.toThrow(message);
});

test.each<[ListApprovalsOptions, string]>([
  [{ limit: 0 }, 'limit: expected a whole number from 1 to 1000, got 0'],
  [{ overdue: 'yes' as never }, 'overdue: expected true or false, got "yes"'],
  [{ taskType: '' }, 'taskType: expected a non-empty string, got ""'],
  [{ timeout: -1 }, 'timeout: expected a duration in milliseconds above 0, got -1'],
])('list with %o is refused', async (options, message) => {
  await expect(approvals.list(options)).rejects.toThrow(message);
});

test('ids are checked', async () => {
  await expect(approvals.get('')).rejects.toThrow('workflowId: expected a non-empty string, got ""');
  await expect(approvals.get('agent', 'x'.repeat(201))).rejects.toThrow('approvalId: expected at most 200 characters');
  await expect(approvals.acknowledge('agent', '')).rejects.toThrow('approvalId: expected a non-empty string, got ""');
});
