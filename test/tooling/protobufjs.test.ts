import { createRequire } from 'node:module';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);

test('all Temporal packages share one protobufjs 8, without which JSON histories cannot be read', () => {
  const copies = ['@temporalio/common', '@temporalio/proto', '@temporalio/worker'].map((name) =>
    createRequire(require.resolve(name)).resolve('protobufjs'),
  );
  expect(new Set(copies)).toEqual(new Set([require.resolve('protobufjs')]));
  expect(require('protobufjs/package.json').version).toMatch(/^8\./);
});

test('a history in JSON can be read', () => {
  const started = {
    eventId: '1',
    eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
    workflowExecutionStartedEventAttributes: { workflowType: { name: 'agent' } },
  };
  const history = historyFromJSON({ events: [started] });
  expect(history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name).toBe('agent');
});
