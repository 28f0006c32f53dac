import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../rollout/support/bundles';

/** Records one attempt, lets go of the recorder as a worker's shutdown does, and prints what keeps the process alive. */
const PROGRAM = `
  const { acquireRecorder } = require('#lib/content/acquire-recorder');
  const nothing = () => {};
  const sinks = { report: console.log, written: nothing, failed: nothing, dropped: nothing, spoolBytes: nothing };
  const recorder = acquireRecorder({ directory: process.argv[1] }, sinks);
  const correlation = {
    namespace: 'default', workflowId: 'w', runId: 'r', workflowType: 'agent', taskQueue: 'agents',
    activityId: '1', activityType: 'search', attempt: 1, isLocal: false, taskType: 'agent',
  };
  const observation = {
    correlation, kind: 'tool', startedAtMs: Date.now(), durationMs: 1, outcome: 'ok', input: ['q'], output: 'a',
  };
  recorder.record(observation);
  recorder.release(3_000).then(() => console.log(JSON.stringify(process.getActiveResourcesInfo())));
`;

test('a worker that has shut down and stored everything leaves nothing that keeps its process alive', () => {
  const printed = execFileSync(process.execPath, ['-e', PROGRAM, temporaryDirectory()], { encoding: 'utf8' });
  const resources: string[] = JSON.parse(printed);
  expect(resources.filter((resource) => resource === 'Timeout')).toEqual([]);
});
