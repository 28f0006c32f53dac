import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import * as model from './01-model-in-workflow/activities';
import * as silent from './02-missing-heartbeats/activities/broken';
import * as heartbeating from './02-missing-heartbeats/activities/fixed';
import * as searching from './03-endless-loop/activities';
import * as retrying from './04-wrong-retries/activities/broken';
import * as classifying from './04-wrong-retries/activities/fixed';
import * as deaf from './05-orphaned-children/activities/broken';
import * as cancellable from './05-orphaned-children/activities/fixed';
import * as proposing from './06-approval-without-timeout/activities';
import * as supporting from './07-versioning/activities';
import * as unmeasured from './08-observability-gaps/activities/broken';
import * as measured from './08-observability-gaps/activities/fixed';
import * as bundles from './08-observability-gaps/bundles';
import * as writing from './09-payload-limits/activities';
import { dataConverter } from './09-payload-limits/data-converter';
import * as looping from './10-loop-in-one-activity/activities/broken';
import * as stepping from './10-loop-in-one-activity/activities/fixed';
import * as fetching from './11-unknown-transform/activities';
import type { PatternExample } from './pattern-example';
import { untilWaiting } from './run';

/** Dynamic configuration of the server: it suggests to continue as new after 4,096 events, which takes minutes. */
export const SERVER_CONFIG = { 'limit.historyCount.suggestContinueAsNew': 40 } as const;

export const EXAMPLES: readonly PatternExample[] = [
  {
    pattern: 1,
    directory: '01-model-in-workflow',
    breaks: 'Workflow code calls the model; its task fails and is retried for ever.',
    cure: 'An activity calls the model.',
    workflowType: 'summarise',
    args: ['Durable execution keeps the state of a program safe.'],
    broken: {
      workflowsPath: path.join(__dirname, '01-model-in-workflow/workflows/broken.ts'),
      activities: () => ({}),
      endless: true,
      findings: [
        ['llm-in-workflow', 'critical'],
        ['llm-in-workflow', 'critical'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '01-model-in-workflow/workflows/fixed.ts'),
      activities: model.createActivities,
      findings: [],
    },
  },
  {
    pattern: 2,
    directory: '02-missing-heartbeats',
    breaks: 'An answer takes longer than the heartbeat timeout, nothing heartbeats, and the model is asked twice.',
    cure: 'heartbeatWhile(...) heartbeats while the model answers.',
    workflowType: 'write',
    args: [{ topic: 'Durable execution', style: 'Short sentences. [plan: delay=4000]' }],
    broken: {
      workflowsPath: path.join(__dirname, '02-missing-heartbeats/workflows/broken.ts'),
      activities: silent.createActivities,
      findings: [
        ['heartbeat-missing', 'warning'],
        ['heartbeat-silent', 'warning'],
        ['llm-call-duplicated', 'critical'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '02-missing-heartbeats/workflows/fixed.ts'),
      activities: heartbeating.createActivities,
      findings: [],
    },
  },
  {
    pattern: 3,
    directory: '03-endless-loop',
    breaks: 'The model wants one more search, again and again, and nothing bounds the loop.',
    cure: 'A budget ends the loop, and continue-as-new keeps history short.',
    workflowType: 'research',
    args: [`What is new? [plan: ${Array(14).fill('search').join(', ')}]`],
    thresholds: { iterationCap: 6, tokenBudget: 3_000, historyEventsLimit: 200, continueAsNewIgnoredTasks: 5 },
    broken: {
      workflowsPath: path.join(__dirname, '03-endless-loop/workflows/broken.ts'),
      activities: searching.createActivities,
      findings: [
        ['continue-as-new-ignored', 'warning'],
        ['history-budget', 'warning'],
        ['history-budget', 'critical'],
        ['iteration-cap-exceeded', 'warning'],
        ['token-budget-exceeded', 'warning'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '03-endless-loop/workflows/fixed.ts'),
      activities: searching.createActivities,
      findings: [],
    },
  },
  {
    pattern: 4,
    directory: '04-wrong-retries',
    breaks: 'Errors that pass are given up, errors that do not are retried for ever, and two layers retry at once.',
    cure: 'One layer retries, and toApplicationFailure(...) tells it what is worth a retry, and when.',
    workflowType: 'digest',
    args: [
      {
        overloaded: 'A text for an overloaded server [plan: 529 x2]',
        rateLimited: 'A text too many [plan: 429 once; retry-after=3]',
        failing: 'A text for a failing server [plan: 500 once]',
        refused: 'A text that is refused [plan: 400 always]',
      },
    ],
    broken: {
      workflowsPath: path.join(__dirname, '04-wrong-retries/workflows/broken.ts'),
      activities: retrying.createActivities,
      endless: true,
      findings: [
        ['permanent-error-retried', 'warning'],
        ['retry-after-ignored', 'warning'],
        ['retry-unbounded', 'warning'],
        ['sdk-retries-stacked', 'warning'],
        ['transient-error-not-retried', 'warning'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '04-wrong-retries/workflows/fixed.ts'),
      activities: classifying.createActivities,
      findings: [],
    },
  },
  {
    pattern: 5,
    directory: '05-orphaned-children',
    breaks: 'The agent ends, its sub-agent goes on, and a model call runs on that nobody waits for any more.',
    cure: 'It waits for its sub-agent, and passes the cancellation signal on to the SDK.',
    workflowType: 'answer',
    args: [
      {
        text: 'What is durable execution?',
        secondOpinion: 'Is that so? [plan: delay=4000]',
        audit: 'Audit the answer. [plan: delay=1500]',
      },
    ],
    thresholds: { cancelIgnoredMs: 1_000 },
    meanwhile: async (handle, client) => {
      await handle.result();
      await client.workflow.getHandle(`${handle.workflowId}/audit`).result();
    },
    broken: {
      workflowsPath: path.join(__dirname, '05-orphaned-children/workflows/broken.ts'),
      activities: deaf.createActivities,
      findings: [
        ['cancel-ignored', 'warning'],
        ['child-abandoned', 'warning'],
        ['orphaned-agent', 'warning'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '05-orphaned-children/workflows/fixed.ts'),
      activities: cancellable.createActivities,
      findings: [],
    },
  },
  {
    pattern: 6,
    directory: '06-approval-without-timeout',
    breaks: 'The agent waits for a human, and nothing ends the wait.',
    cure: 'The wait has a timeout.',
    workflowType: 'purchase',
    args: ['The compressors in hall 3 fail every week. Replace them.'],
    meanwhile: async (handle) => {
      await untilWaiting(handle);
      await sleep(500);
      await handle.signal('decide', 'approved');
    },
    broken: {
      workflowsPath: path.join(__dirname, '06-approval-without-timeout/workflows/broken.ts'),
      activities: proposing.createActivities,
      findings: [['wait-without-timeout', 'warning']],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '06-approval-without-timeout/workflows/fixed.ts'),
      activities: proposing.createActivities,
      findings: [],
    },
  },
  {
    pattern: 7,
    directory: '07-versioning',
    breaks: 'A deploy changes the steps of runs that are open; their tasks fail and are retried for ever.',
    cure: 'The new step stands behind patched(...).',
    workflowType: 'support',
    args: ['It does not work.'],
    meanwhile: customerReplies,
    broken: {
      workflowsPath: path.join(__dirname, '07-versioning/workflows/broken.ts'),
      deployedBefore: path.join(__dirname, '07-versioning/workflows/deployed.ts'),
      activities: supporting.createActivities,
      endless: true,
      findings: [['nondeterminism', 'critical']],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '07-versioning/workflows/fixed.ts'),
      deployedBefore: path.join(__dirname, '07-versioning/workflows/deployed.ts'),
      activities: supporting.createActivities,
      findings: [],
    },
  },
  {
    pattern: 8,
    directory: '08-observability-gaps',
    breaks: 'Nobody knows what the agent used, what it cost, and where it is: nothing of that is reported.',
    cure: 'The stream reports usage, the model has a known name, and the bundle is built with the plugin.',
    workflowType: 'chat',
    args: ['What is durable execution?'],
    broken: {
      workflowsPath: path.join(__dirname, '08-observability-gaps/workflows/index.ts'),
      bundle: bundles.broken,
      activities: unmeasured.createActivities,
      findings: [
        ['model-unknown', 'info'],
        ['usage-missing', 'info'],
        ['workflow-module-missing', 'warning'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '08-observability-gaps/workflows/index.ts'),
      bundle: bundles.fixed,
      activities: measured.createActivities,
      findings: [],
    },
  },
  {
    pattern: 9,
    directory: '09-payload-limits',
    breaks: 'Every call sends all documents through history, and the answer is larger than Temporal takes.',
    cure: 'claimCheck(...) keeps large payloads outside of history.',
    workflowType: 'report',
    args: [
      'Write it all out. [plan: large=3000000]',
      ['north', 'north-east', 'east', 'south-east', 'south', 'west', 'harbour'],
    ],
    broken: {
      workflowsPath: path.join(__dirname, '09-payload-limits/workflows/index.ts'),
      activities: writing.createActivities,
      findings: [
        ['conversation-in-history', 'warning'],
        ['payload-over-limit', 'critical'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '09-payload-limits/workflows/index.ts'),
      activities: writing.createActivities,
      dataConverter,
      findings: [],
    },
  },
  {
    pattern: 10,
    directory: '10-loop-in-one-activity',
    breaks: 'The whole loop is one activity, and a failure near its end loses all of it.',
    cure: 'The workflow loops; every call is an activity of its own.',
    workflowType: 'research',
    args: ['What is durable execution?'],
    broken: {
      workflowsPath: path.join(__dirname, '10-loop-in-one-activity/workflows/broken.ts'),
      activities: looping.createActivities,
      findings: [['agent-loop-in-activity', 'warning']],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '10-loop-in-one-activity/workflows/fixed.ts'),
      activities: stepping.createActivities,
      findings: [],
    },
  },
  {
    pattern: 11,
    directory: '11-unknown-transform',
    breaks: 'A table goes to the model whole, and the next is to be shortened by a name that the worker does not know.',
    cure: 'Both names are registered, and both outputs are shortened.',
    workflowType: 'analyse',
    args: [
      { question: 'Which hall needs repair?', steps: [{ table: 'orders' }, { table: 'repairs', transform: 'totals' }] },
    ],
    broken: {
      workflowsPath: path.join(__dirname, '11-unknown-transform/workflows/broken.ts'),
      activities: fetching.createActivities,
      findings: [
        ['tool-output-oversized', 'warning'],
        ['transform-unknown', 'critical'],
      ],
    },
    fixed: {
      workflowsPath: path.join(__dirname, '11-unknown-transform/workflows/fixed.ts'),
      activities: fetching.createActivities,
      findings: [],
    },
  },
];

async function customerReplies(handle: WorkflowHandle): Promise<void> {
  await handle.signal('reply', 'It is the compressor.');
}
