import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection, type WorkflowClientInterceptor, type WorkflowHandle } from '@temporalio/client';
import { ApprovalClient, type ApprovalRefusedError, type ApprovalVerdict } from 'temporal-agent-observability/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Office, type Request } from './office';

const NAMESPACE = 'approvals-clicks';
const address = inject('temporalAddress');

let office: Office;

beforeAll(async () => {
  office = await Office.open(address, NAMESPACE);
});

afterAll(() => office.close());

test.each(['asks', 'asksAndStays'] as const)(
  'of 1,000 clicks at once, half of them contrary, one counts and all are told so: %s',
  async (agent) => {
    const handle = await open(agent, { id: 'refund' });
    const told = await clicks(handle, () => office.approvals);
    await expectOneOutcome(handle, told);
  },
);

test('likewise where every click has a client of its own', async () => {
  const handle = await open('asks', { id: 'refund' });
  const { connection, options } = office.server.client;
  const { namespace } = options;
  await expectOneOutcome(handle, await clicks(handle, () => new ApprovalClient({ connection, namespace })));
});

test('likewise across processes', async () => {
  const handle = await open('asksAndStays', { id: 'refund' });
  const script = path.join(import.meta.dirname, 'fixtures/decide-many.cjs');
  const args = [script, address, NAMESPACE, handle.workflowId, 'refund', '250'];
  const outputs = await Promise.all([1, 2, 3, 4].map(() => promisify(execFile)(process.execPath, args)));
  const told = new Map<string, number>();
  for (const { stdout } of outputs) {
    for (const [what, count] of Object.entries<number>(JSON.parse(stdout))) {
      told.set(what, (told.get(what) ?? 0) + count);
    }
  }
  await expectOneOutcome(handle, told);
});

test('clicks are sent together, and those with credentials of their own one by one', async () => {
  const { workflowId } = await open('asksAndStays', { id: 'refund' });
  let sent = 0;
  const count: WorkflowClientInterceptor = {
    startUpdate: (input, next) => {
      sent++;
      return next(input);
    },
  };
  const { connection } = office.server.client;
  const client = new Client({ connection, namespace: NAMESPACE, interceptors: { workflow: [count] } });
  const approvals = new ApprovalClient(client);
  const click = () => approvals.decide(workflowId, 'refund', { verdict: 'approve' });
  await Promise.all([click(), click(), click()]);
  expect(sent).toBe(1);
  const credentials = ['kim', 'lee'].map((user) => ({ authorization: `Bearer ${user}` }));
  await Promise.all(credentials.map((metadata) => client.withMetadata(metadata, click)));
  expect(sent).toBe(3);
});

test('30 approvals of one run are decided at once, though the server takes ten updates at once', async () => {
  const requests = Array.from({ length: 30 }, (_, i) => ({ id: `refund-${i}` }));
  const handle = await open('asks', ...requests);
  // Without the retries of Temporal's client.
  const connection = await Connection.connect({ address, interceptors: [] });
  try {
    const approvals = new ApprovalClient({ connection, namespace: NAMESPACE });
    const decided = requests.map(({ id }) => approvals.decide(handle.workflowId, id, { verdict: 'approve' }));
    for (const { state } of await Promise.all(decided)) expect(state).toBe('approved');
    expect(await handle.result()).toEqual(requests.map(() => 'approved'));
  } finally {
    await connection.close();
  }
});

async function open(agent: 'asks' | 'asksAndStays', ...requests: Request[]): Promise<WorkflowHandle> {
  const handle = await office.start(agent, requests);
  await office.approvals.get(handle.workflowId);
  return handle;
}

/** How often each verdict was answered how. */
async function clicks(
  { workflowId }: WorkflowHandle,
  clientOf: () => ApprovalClient,
): Promise<ReadonlyMap<string, number>> {
  const told = new Map<string, number>();
  const click = async (verdict: ApprovalVerdict, actor: string) => {
    const answer = await clientOf()
      .decide(workflowId, 'refund', { verdict, actor, timeout: '50 seconds' })
      .then(
        ({ state }) => state,
        (error: ApprovalRefusedError) => `${error.name} ${error.reason} ${error.approval?.state}`,
      );
    const what = `${verdict}: ${answer}`;
    told.set(what, (told.get(what) ?? 0) + 1);
  };
  await Promise.all(Array.from({ length: 1000 }, (_, i) => click(i % 2 === 0 ? 'approve' : 'reject', `person ${i}`)));
  return told;
}

async function expectOneOutcome(handle: WorkflowHandle, told: ReadonlyMap<string, number>): Promise<void> {
  const { state, changes } = await office.approvals.get(handle.workflowId, 'refund');
  expect(changes.map((change) => change.state)).toEqual(['submitted', state]);
  const [won, lost] = state === 'approved' ? ['approve', 'reject'] : ['reject', 'approve'];
  expect(Object.fromEntries(told)).toEqual({
    [`${won}: ${state}`]: 500,
    [`${lost}: ApprovalRefusedError already-decided ${state}`]: 500,
  });
  const { events = [] } = await handle.fetchHistory();
  const updates = (events ?? []).filter(
    ({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => accepted != null,
  );
  expect(updates).toHaveLength(1);
  // Refused updates leave no event, and their workflow tasks none either.
  expect(events?.length).toBeLessThan(30);
}
