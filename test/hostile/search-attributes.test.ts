import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { activities } from '../plugin/activities';
import { Effects, Server } from '../plugin/observed';
import { countOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

const workflowsPath = require.resolve('../plugin/workflows/index.ts');

let address: string;
let effects: Effects;

beforeAll(() => {
  quietRuntime();
  address = inject('temporalAddress');
});

beforeEach(() => {
  effects = new Effects();
});

const servers: Server[] = [];

afterEach(() => effects.remove());

afterAll(async () => {
  for (const server of servers) await server.close();
});

/** Runs an agent in a namespace whose attributes are not as they should be. */
async function expectUnwritten(namespace: string): Promise<void> {
  const server = await Server.connect(address, namespace);
  servers.push(server);
  await server.during({ taskQueue: 'agents', workflowsPath, activities, plugins: [effects.plugin()] }, async () => {
    await vi.waitFor(() => expect(effects.findings('search-attributes-unregistered')).toHaveLength(1));
    const start = { workflowId: 'agent', taskQueue: 'agents', args: ['birds'] };
    const handle = await server.clientWith(effects.plugin()).workflow.start('agent', start);
    expect(await handle.result()).toBe('ok');
    const history = await handle.fetchHistory();
    expect(countOurs(history)).toEqual({ markers: 0, upserts: 0 });
    expect(history.events?.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
  });
  expect(await effects.metric('findings_total', { finding: 'search-attributes-unregistered' })).toBe(1);
  expect((await effects.records(namespace, 'agent')).records).toHaveLength(3);
}

test('a server that does not let attributes be registered costs the attributes, said with the commands', async () => {
  const namespace = 'hostile-no-column';
  await createNamespace(address, namespace);
  // The user's own take all the columns of a type that there are.
  const own = Array.from({ length: 10 }, (_, i) => ({ name: `Own${i}`, type: 'Keyword' as const }));
  await registerSearchAttributes(address, namespace, own);
  await expectUnwritten(namespace);
  expect(await effects.observerErrors()).toEqual({ search_attributes: 1 });
  expect(effects.internalErrors).toMatchObject([{ part: 'search_attributes' }]);
  const [finding] = effects.findings('search-attributes-unregistered');
  expect(finding?.commands).toContain(
    `temporal operator search-attribute create --namespace ${namespace} --name AgentTaskType --type Keyword`,
  );
});

test('an attribute of another type costs the attributes, and fails no workflow task', async () => {
  const namespace = 'hostile-mistyped';
  await createNamespace(address, namespace);
  await registerSearchAttributes(
    address,
    namespace,
    SEARCH_ATTRIBUTES.map(({ name, type }) => ({ name, type: name === 'AgentIteration' ? 'Text' : type })),
  );
  await expectUnwritten(namespace);
  const told = effects.logger.lines.map(({ message }) => message);
  expect(told).toContainEqual(expect.stringContaining('AgentIteration is Text, not Int'));
});

test('an attribute that is missing costs the attributes where the worker may not register', async () => {
  const namespace = 'hostile-missing';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES.slice(1));
  vi.stubEnv('TEMPORAL_AGENT_OBSERVABILITY_REGISTER', 'never');
  try {
    await expectUnwritten(namespace);
  } finally {
    vi.unstubAllEnvs();
  }
  const told = effects.logger.lines.map(({ message }) => message);
  expect(told).toContainEqual(expect.stringContaining('AgentTaskType is missing'));
});
