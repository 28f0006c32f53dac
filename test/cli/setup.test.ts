import { Connection } from '@temporalio/client';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '#lib/definitions/search-attributes';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { cli } from './support/cli';
import { startDenyingProxy } from './support/denying-proxy';

const address = inject('temporalAddress');
const NAMES: string[] = SEARCH_ATTRIBUTES.map(({ name }) => name);

async function registered(namespace: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  await connection.close();
  return Object.keys(customAttributes).filter((name) => NAMES.includes(name));
}

test('registers what is missing, and finds nothing to do the second time', async () => {
  const namespace = 'setup-twice';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, [{ name: 'AgentTokens', type: 'Int' }]);

  const first = await cli('setup', '--address', address, '--namespace', namespace, '--json');
  expect(first.exitCode).toBe(0);
  expect(JSON.parse(first.out)).toMatchObject({
    ready: ['AgentTokens'],
    registered: NAMES.filter((name) => name !== 'AgentTokens'),
    missing: [],
  });
  expect((await registered(namespace)).sort()).toEqual([...NAMES].sort());

  const second = await cli('setup', '--address', address, '--namespace', namespace, '--json');
  expect(JSON.parse(second.out)).toMatchObject({ ready: NAMES, registered: [], missing: [] });
});

test('with --dry-run changes nothing and prints the commands for a server and for Temporal Cloud', async () => {
  const namespace = 'setup-dry-run';
  await createNamespace(address, namespace);
  const flags = ['--address', address, '--namespace', namespace, '--without', 'AgentSessionId,AgentApprovalState'];
  const { exitCode, out } = await cli('setup', ...flags, '--dry-run');
  expect(exitCode).toBe(0);
  expect(out).toContain(
    'temporal operator search-attribute create --namespace setup-dry-run --name AgentTaskStartedAt --type Datetime',
  );
  expect(out).toContain(
    'tcld namespace search-attributes add --namespace setup-dry-run --search-attribute "AgentTokens=Int"',
  );
  expect(out).not.toContain('AgentSessionId');
  expect(await registered(namespace)).toEqual([]);
});

test('registers only what was chosen, and AgentTaskType always', async () => {
  const namespace = 'setup-only';
  await createNamespace(address, namespace);
  await cli('setup', '--address', address, '--namespace', namespace, '--only', 'AgentModel');
  expect((await registered(namespace)).sort()).toEqual(['AgentModel', 'AgentTaskType']);
});

test('refuses to go on when an attribute has another type, and changes nothing', async () => {
  const namespace = 'setup-mistyped';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, [{ name: 'AgentIteration', type: 'Keyword' }]);
  const { exitCode, err } = await cli('setup', '--address', address, '--namespace', namespace);
  expect(exitCode).toBe(1);
  expect(err).toContain('AgentIteration is Keyword, but must be Int');
  expect(err).toContain('--without AgentIteration');
  expect(await registered(namespace)).toEqual(['AgentIteration']);
});

test('says so when the visibility store has no room left', async () => {
  const namespace = 'setup-full';
  await createNamespace(address, namespace);
  const own = ['A', 'B', 'C'].map((letter) => ({ name: `Own${letter}`, type: 'Int' as const }));
  await registerSearchAttributes(address, namespace, own);
  const { exitCode, err } = await cli('setup', '--address', address, '--namespace', namespace);
  expect(exitCode).toBe(1);
  expect(err).toContain('--without');
});

describe('without permission', () => {
  test('to add attributes, prints the commands for someone who has it', async () => {
    const namespace = 'setup-denied';
    await createNamespace(address, namespace);
    const proxy = await startDenyingProxy(address, ['AddSearchAttributes']);
    onTestFinished(() => proxy.close());
    const { exitCode, out, err } = await cli('setup', '--address', proxy.address, '--namespace', namespace);
    expect(exitCode).toBe(5);
    expect(err).toContain('Not allowed to add search attributes in namespace "setup-denied"');
    expect(out).toContain('temporal operator search-attribute create --namespace setup-denied --name AgentTaskType');
    expect(out).toContain('tcld namespace search-attributes add --namespace setup-denied');
    expect(await registered(namespace)).toEqual([]);
  });

  test('to do anything, says which permission to check', async () => {
    const proxy = await startDenyingProxy(address, ['DescribeNamespace']);
    onTestFinished(() => proxy.close());
    const { exitCode, err } = await cli('setup', '--address', proxy.address);
    expect(exitCode).toBe(5);
    expect(err).toContain('TEMPORAL_API_KEY');
  });
});
