import { expect, test } from 'vitest';
import { describeNondeterminism } from '#lib/definitions/nondeterminism';

test.each([
  [
    "Activity type of scheduled event 'search' does not match activity type of activity command 'callModel'",
    {
      words: 'history has activity search where the code now runs activity callModel',
      command: 'activity callModel',
      event: 'activity search',
    },
  ],
  [
    "Child workflow type of scheduled event 'planner' does not match child workflow type of command 'writer'",
    {
      words: 'history has child workflow planner where the code now runs child workflow writer',
      command: 'child workflow writer',
      event: 'child workflow planner',
    },
  ],
  [
    "Child workflow id of scheduled event 'a' does not match child workflow id of command 'b'",
    { words: 'the code gives another id to the child workflow than history has', command: 'child workflow' },
  ],
  [
    'Activity machine does not handle this event: HistoryEvent(id: 5, TimerStarted)',
    {
      words: 'history has TimerStarted at event 5 where the code now comes to an activity',
      command: 'activity',
      event: 'TimerStarted',
      eventId: 5,
    },
  ],
  [
    'Complete workflow machine does not handle this event: HistoryEvent(id: 11, ActivityTaskScheduled)',
    {
      words: 'history has ActivityTaskScheduled at event 11 where the code now completes',
      command: 'complete workflow',
      event: 'ActivityTaskScheduled',
      eventId: 11,
    },
  ],
  [
    'No command scheduled for event HistoryEvent(id: 5, ActivityTaskScheduled)',
    {
      words: 'history has ActivityTaskScheduled at event 5 where the code now does nothing',
      command: 'none',
      event: 'ActivityTaskScheduled',
      eventId: 5,
    },
  ],
  [
    'Non-deprecated patch marker encountered for change my-patch, but there is no corresponding change command!',
    {
      words: 'history has the marker of patch my-patch where the code no longer calls patched',
      command: 'none',
      event: 'patch my-patch',
    },
  ],
])('%s', (message, divergence) => {
  expect(describeNondeterminism(message)).toEqual(divergence);
});

test('what else Core says may carry content, and is not repeated', () => {
  const message = 'could not find a matching command for it: HistoryEvent { attributes: "a secret prompt" }';
  expect(describeNondeterminism(message)).toEqual({ words: 'the code takes another way than history' });
});
