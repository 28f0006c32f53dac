import { withAgentTask } from 'temporal-agent-observability';
import { describe, expect, test } from 'vitest';
import { currentAgentTask } from '#lib/client/agent-task';

describe('withAgentTask', () => {
  test('names the task for all that runs within, also later, and for nothing else', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const within = withAgentTask({ taskId: 'first' }, async () => {
      await released;
      return currentAgentTask();
    });
    const beside = withAgentTask({ taskId: 'second' }, async () => currentAgentTask());
    release();
    expect(await within).toEqual({ taskId: 'first' });
    expect(await beside).toEqual({ taskId: 'second' });
    expect(currentAgentTask()).toEqual({});
  });

  test('nests: what an inner call leaves out is inherited, and the outer names are back after it', () => {
    withAgentTask({ taskType: 'research', taskId: 'outer', sessionId: 'session' }, () => {
      withAgentTask({ taskId: 'inner' }, () => {
        expect(currentAgentTask()).toEqual({ taskType: 'research', taskId: 'inner', sessionId: 'session' });
      });
      expect(currentAgentTask()).toEqual({ taskType: 'research', taskId: 'outer', sessionId: 'session' });
    });
  });

  test('returns what the function returns, and throws what it throws', async () => {
    expect(withAgentTask({ taskId: 'a' }, () => 7)).toBe(7);
    const failure = new Error('own');
    expect(() =>
      withAgentTask({ taskId: 'a' }, () => {
        throw failure;
      }),
    ).toThrow(failure);
  });

  test.each([
    ['empty', ''],
    ['not a string', 7],
    ['longer than 1,024 characters', 'x'.repeat(1_025)],
    ['undefined', undefined],
  ])('ignores a name that is %s, and keeps the outer one', (_, taskId) => {
    withAgentTask({ taskId: 'outer' }, () => {
      withAgentTask({ taskId: taskId as string }, () => expect(currentAgentTask()).toEqual({ taskId: 'outer' }));
    });
  });
});
