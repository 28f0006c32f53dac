import type { Logger } from '@temporalio/common';
import { Registry } from 'prom-client';
import {
  type AgentObservabilityOptions,
  AgentObservabilityPlugin,
  SEARCH_ATTRIBUTES,
} from 'temporal-agent-observability';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_THRESHOLDS } from '#lib/definitions/thresholds';
import { collectingLogger } from './observed';

const ENV = 'TEMPORAL_AGENT_OBSERVABILITY_';
const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name);

const CONTENT = {
  directory: './.agent-content',
  capture: 'full' as const,
  maxContentBytes: 16 * MIB,
  maxBytes: 10 * 1024 * MIB,
  retentionMs: 30 * DAY_MS,
};

const resolved = (options?: AgentObservabilityOptions) => new AgentObservabilityPlugin(options).options;
/** Options as JavaScript may pass them. */
const wrong = (options: unknown) => () => resolved(options as AgentObservabilityOptions);

afterEach(() => {
  vi.unstubAllEnvs();
});

test('everything has a default', () => {
  expect(resolved()).toEqual({
    mode: 'on',
    content: CONTENT,
    redact: 'default',
    metrics: { host: '127.0.0.1', port: 9465 },
    searchAttributes: { keys: NAMES, register: true },
    rollout: 1,
    workflows: { include: undefined, exclude: [] },
    taskTypes: {},
    correlation: {},
    estimateTokens: true,
    findings: {},
    thresholds: DEFAULT_THRESHOLDS,
    logger: 'runtime',
  });
});

describe('an option is accepted', () => {
  const redactor = (text: string) => text;
  const registry = new Registry();
  const logger = collectingLogger();

  test.each<[AgentObservabilityOptions, Partial<AgentObservabilityPlugin['options']>]>([
    [{ mode: 'on' }, { mode: 'on' }],
    [{ mode: 'drain' }, { mode: 'drain' }],
    [{ mode: 'off' }, { mode: 'off' }],
    [{ content: 'off' }, { content: undefined }],
    [{ content: '/data' }, { content: { ...CONTENT, directory: '/data' } }],
    [{ content: { capture: 'metadata' } }, { content: { ...CONTENT, capture: 'metadata' } }],
    [{ content: { maxContentBytes: 1 } }, { content: { ...CONTENT, maxContentBytes: 1 } }],
    [{ content: { maxBytes: MIB } }, { content: { ...CONTENT, maxBytes: MIB } }],
    [{ content: { retentionDays: 0.5 } }, { content: { ...CONTENT, retentionMs: DAY_MS / 2 } }],
    [{ redact: 'off' }, { redact: 'off' }],
    [{ redact: redactor }, { redact: redactor }],
    [{ metrics: 'off' }, { metrics: undefined }],
    [{ metrics: { port: 0 } }, { metrics: { host: '127.0.0.1', port: 0 } }],
    [{ metrics: { host: '0.0.0.0' } }, { metrics: { host: '0.0.0.0', port: 9465 } }],
    [{ metrics: { registry } }, { metrics: { registry } }],
    [{ searchAttributes: { register: 'never' } }, { searchAttributes: { keys: NAMES, register: false } }],
    [
      { searchAttributes: { include: ['AgentTokens', 'AgentModel'] } },
      { searchAttributes: { keys: ['AgentTaskType', 'AgentModel', 'AgentTokens'], register: true } },
    ],
    [{ searchAttributes: { include: [] } }, { searchAttributes: { keys: ['AgentTaskType'], register: true } }],
    [{ rollout: 0 }, { rollout: 0 }],
    [{ rollout: 0.25 }, { rollout: 0.25 }],
    [{ workflows: { include: ['a'] } }, { workflows: { include: ['a'], exclude: [] } }],
    [{ workflows: { exclude: ['a', 'b'] } }, { workflows: { include: undefined, exclude: ['a', 'b'] } }],
    [{ taskType: { agent: 'research' } }, { taskTypes: { agent: 'research' } }],
    [{ correlation: { taskId: 't', sessionId: 's' } }, { correlation: { taskId: 't', sessionId: 's' } }],
    [{ estimateTokens: false }, { estimateTokens: false }],
    [{ findings: { 'child-abandoned': 'off' } }, { findings: { 'child-abandoned': 'off' } }],
    [
      { thresholds: { iterationCap: { research: 300, default: 50 } } },
      { thresholds: { ...DEFAULT_THRESHOLDS, iterationCap: { research: 300, default: 50 } } },
    ],
    [{ logger }, { logger }],
  ])('%o', (options, expected) => {
    expect(resolved(options)).toEqual({ ...resolved(), ...expected });
  });
});

describe('a wrong option is refused at once, with its name, what was expected and what came', () => {
  test.each<[unknown, string]>([
    [null, 'options: expected an object, got null'],
    [[], 'options: expected an object, got an array'],
    [
      { metric: 'off' },
      'options: unknown option "metric"; expected mode, content, redact, metrics, searchAttributes, rollout, workflows, ' +
        'taskType, correlation, estimateTokens, findings, thresholds, exporter, logger',
    ],
    [{ mode: 'no' }, `mode: expected one of 'on', 'drain', 'off', got "no"`],
    [{ mode: null }, `mode: expected one of 'on', 'drain', 'off', got null`],
    [{ content: true }, `content: expected 'off', a directory or an object, got true`],
    [{ content: '' }, 'content.directory: expected a non-empty string, got ""'],
    [{ content: { directory: 7 } }, 'content.directory: expected a non-empty string, got 7'],
    [{ content: { capture: 'all' } }, `content.capture: expected one of 'full', 'metadata', got "all"`],
    [{ content: { maxContentBytes: 0 } }, 'content.maxContentBytes: expected a whole number of at least 1, got 0'],
    [{ content: { maxContentBytes: '1' } }, 'content.maxContentBytes: expected a whole number of at least 1, got "1"'],
    [{ content: { maxBytes: 10 } }, 'content.maxBytes: expected a whole number of at least 1048576, got 10'],
    [{ content: { retentionDays: 0 } }, 'content.retentionDays: expected a number above 0, got 0'],
    [
      { content: { path: '/x' } },
      'content: unknown option "path"; expected directory, capture, maxContentBytes, maxBytes,',
    ],
    [{ redact: 'on' }, `redact: expected one of 'off', 'default' or a function, got "on"`],
    [{ redact: {} }, `redact: expected one of 'off', 'default' or a function, got an object`],
    [{ metrics: 9465 }, `metrics: expected 'off' or an object, got 9465`],
    [{ metrics: { port: 65_536 } }, 'metrics.port: expected a whole number from 0 to 65535, got 65536'],
    [{ metrics: { port: 1.5 } }, 'metrics.port: expected a whole number from 0 to 65535, got 1.5'],
    [{ metrics: { host: ' ' } }, 'metrics.host: expected a non-empty string, got " "'],
    [{ metrics: { registry: {} } }, 'metrics.registry: expected a prom-client Registry, got an object'],
    [{ metrics: { registry: new Registry(), port: 1 } }, 'metrics: unknown option "port"; expected registry'],
    [{ searchAttributes: [] }, 'searchAttributes: expected an object, got an array'],
    [{ searchAttributes: { include: 'AgentModel' } }, 'searchAttributes.include: expected an array, got "AgentModel"'],
    [
      { searchAttributes: { include: ['AgentModel', 'AgentMood'] } },
      `searchAttributes.include[1]: expected one of 'AgentTaskType', 'AgentTaskId', `,
    ],
    [{ searchAttributes: { register: true } }, `searchAttributes.register: expected one of 'auto', 'never', got true`],
    [{ searchAttributes: { keys: [] } }, 'searchAttributes: unknown option "keys"; expected include, register'],
    [{ rollout: 1.1 }, 'rollout: expected a number from 0 to 1, got 1.1'],
    [{ rollout: Number.NaN }, 'rollout: expected a number from 0 to 1, got NaN'],
    [{ workflows: 'all' }, 'workflows: expected an object, got "all"'],
    [{ workflows: { include: ['a', ''] } }, 'workflows.include[1]: expected a non-empty string, got ""'],
    [{ workflows: { exclude: 'a' } }, 'workflows.exclude: expected an array, got "a"'],
    [{ workflows: { only: [] } }, 'workflows: unknown option "only"; expected include, exclude'],
    [{ taskType: 'research' }, 'taskType: expected an object of strings, got "research"'],
    [{ taskType: { agent: 1 } }, 'taskType["agent"]: expected a non-empty string, got 1'],
    [{ correlation: 'id' }, 'correlation: expected an object, got "id"'],
    [{ correlation: { taskId: '' } }, 'correlation.taskId: expected a non-empty string, got ""'],
    [{ correlation: { sessionId: 1 } }, 'correlation.sessionId: expected a non-empty string, got 1'],
    [{ correlation: { taskType: 'a' } }, 'correlation: unknown option "taskType"; expected taskId, sessionId'],
    [{ estimateTokens: 'yes' }, 'estimateTokens: expected true or false, got "yes"'],
    [{ findings: 'off' }, 'findings: expected an object of severities by finding, got "off"'],
    [{ findings: { 'child-lost': 'off' } }, 'findings: unknown option "child-lost"; expected llm-in-workflow, '],
    [
      { findings: { 'child-abandoned': 'loud' } },
      `findings["child-abandoned"]: expected one of 'info', 'warning', 'critical', 'off', got "loud"`,
    ],
    [{ thresholds: { cap: 1 } }, 'thresholds: unknown option "cap"; expected iterationCap, tokenBudget, '],
    [{ thresholds: { iterationCap: 0 } }, 'thresholds.iterationCap: expected a number of at least 1, got 0'],
    [
      { thresholds: { iterationCap: { research: 'many' } } },
      'thresholds.iterationCap["research"]: expected a number of at least 1, got "many"',
    ],
    [
      { thresholds: { tokenBudget: '1k' } },
      'thresholds.tokenBudget: expected a number, or numbers by task type, got "1k"',
    ],
    [{ thresholds: { cancelIgnoredMs: -1 } }, 'thresholds.cancelIgnoredMs: expected a number above 0, got -1'],
    [
      { thresholds: { historyCriticalShare: 0.2 } },
      'thresholds.historyCriticalShare: expected at least historyWarningShare (0.5), got 0.2',
    ],
    [{ logger: 'none' }, 'logger: expected a Temporal Logger, got "none"'],
    [{ logger: { log() {} } }, 'logger.debug: expected a function, got undefined'],
  ])('%j', (options, message) => {
    expect(wrong(options)).toThrow(message);
  });

  test('with a RangeError where the value is of the right type, else with a TypeError', () => {
    expect(wrong({ rollout: 2 })).toThrow(RangeError);
    expect(wrong({ rollout: '1' })).toThrow(TypeError);
  });

  test('and what came is cut short', () => {
    expect(wrong({ mode: 'x'.repeat(1_000) })).toThrow(`got "${'x'.repeat(100)}…"`);
  });
});

describe('an environment variable is read', () => {
  test.each<[string, string, Partial<AgentObservabilityPlugin['options']>]>([
    ['MODE', 'drain', { mode: 'drain' }],
    ['CONTENT', 'off', { content: undefined }],
    ['CONTENT', '/data', { content: { ...CONTENT, directory: '/data' } }],
    ['REDACT', 'off', { redact: 'off' }],
    ['METRICS', 'off', { metrics: undefined }],
    ['METRICS', '0', { metrics: { host: '127.0.0.1', port: 0 } }],
    ['METRICS', '0.0.0.0:9000', { metrics: { host: '0.0.0.0', port: 9000 } }],
    ['METRICS', '[::1]:9000', { metrics: { host: '::1', port: 9000 } }],
    [
      'SEARCH_ATTRIBUTES',
      'AgentModel, AgentTokens',
      { searchAttributes: { keys: ['AgentTaskType', 'AgentModel', 'AgentTokens'], register: true } },
    ],
    ['REGISTER', 'never', { searchAttributes: { keys: NAMES, register: false } }],
    ['ROLLOUT', '0.1', { rollout: 0.1 }],
    ['WORKFLOWS_INCLUDE', 'a, b', { workflows: { include: ['a', 'b'], exclude: [] } }],
    ['WORKFLOWS_EXCLUDE', 'a', { workflows: { include: undefined, exclude: ['a'] } }],
    ['TASK_TYPE', 'agent=research, other=b=c', { taskTypes: { agent: 'research', other: 'b=c' } }],
    ['TASK_ID', 't', { correlation: { taskId: 't' } }],
    ['SESSION_ID', 's', { correlation: { sessionId: 's' } }],
    ['ESTIMATE_TOKENS', 'false', { estimateTokens: false }],
    [
      'FINDINGS',
      'child-abandoned=off, usage-missing=warning',
      { findings: { 'child-abandoned': 'off', 'usage-missing': 'warning' } },
    ],
    ['THRESHOLDS', 'iterationCap=7', { thresholds: { ...DEFAULT_THRESHOLDS, iterationCap: 7 } }],
    ['LOGGER', 'none', { logger: 'none' }],
  ])('%s=%s', (variable, value, expected) => {
    const defaults = resolved();
    vi.stubEnv(ENV + variable, value);
    expect(resolved()).toEqual({ ...defaults, ...expected });
  });

  test.each<[string, string, string]>([
    ['MODE', 'maybe', `MODE: expected one of 'on', 'drain', 'off', got "maybe"`],
    ['REDACT', 'yes', `REDACT: expected one of 'off', 'default' or a function, got "yes"`],
    ['METRICS', 'here', `METRICS: expected 'off', '<port>' or '<host>:<port>', got "here"`],
    ['METRICS', '99999', 'METRICS.port: expected a whole number from 0 to 65535, got 99999'],
    ['SEARCH_ATTRIBUTES', 'AgentMood', `SEARCH_ATTRIBUTES[0]: expected one of 'AgentTaskType', `],
    ['REGISTER', 'yes', `REGISTER: expected one of 'auto', 'never', got "yes"`],
    ['ROLLOUT', 'half', 'ROLLOUT: expected a number from 0 to 1, got "half"'],
    ['ROLLOUT', '7', 'ROLLOUT: expected a number from 0 to 1, got 7'],
    ['WORKFLOWS_INCLUDE', 'a,,b', 'WORKFLOWS_INCLUDE[1]: expected a non-empty string, got ""'],
    ['WORKFLOWS_EXCLUDE', ',', 'WORKFLOWS_EXCLUDE[0]: expected a non-empty string, got ""'],
    [
      'TASK_TYPE',
      'research',
      'TASK_TYPE: expected <workflow type>=<task type> pairs, separated by commas, got "research"',
    ],
    ['TASK_TYPE', 'agent=', 'TASK_TYPE["agent"]: expected a non-empty string, got ""'],
    ['ESTIMATE_TOKENS', '1', 'ESTIMATE_TOKENS: expected true or false, got "1"'],
    ['LOGGER', 'console', `LOGGER: expected one of 'runtime', 'none', got "console"`],
  ])('and a wrong one refused by its name: %s=%s', (variable, value, message) => {
    vi.stubEnv(ENV + variable, value);
    expect(() => resolved()).toThrow(ENV + message);
  });

  test('and an empty one counts as not set', () => {
    const defaults = resolved();
    for (const variable of ['MODE', 'CONTENT', 'METRICS', 'ROLLOUT', 'WORKFLOWS_INCLUDE', 'TASK_ID', 'LOGGER']) {
      vi.stubEnv(ENV + variable, ' ');
    }
    expect(resolved()).toEqual(defaults);
  });
});

test('code wins over the environment, key by key', () => {
  const environment: Record<string, string> = {
    MODE: 'off',
    CONTENT: 'off',
    REDACT: 'off',
    METRICS: 'off',
    SEARCH_ATTRIBUTES: 'AgentModel',
    REGISTER: 'never',
    ROLLOUT: '0',
    WORKFLOWS_INCLUDE: 'b',
    WORKFLOWS_EXCLUDE: 'b',
    TASK_TYPE: 'b=c',
    TASK_ID: 'b',
    SESSION_ID: 'b',
    ESTIMATE_TOKENS: 'false',
    LOGGER: 'none',
  };
  const logger = collectingLogger();
  const code: AgentObservabilityOptions = {
    mode: 'drain',
    content: '/data',
    redact: 'default',
    metrics: { port: 1 },
    searchAttributes: { include: ['AgentTokens'] },
    rollout: 0.5,
    workflows: { exclude: ['a'] },
    taskType: { a: 'd' },
    correlation: { taskId: 'a' },
    estimateTokens: true,
    logger,
  };
  const withoutEnvironment = resolved(code);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(ENV + name, value);
  expect(resolved(code)).toEqual({
    ...withoutEnvironment,
    // What code leaves open is the environment's.
    searchAttributes: { keys: ['AgentTaskType', 'AgentTokens'], register: false },
    workflows: { include: ['b'], exclude: ['a'] },
    correlation: { taskId: 'a', sessionId: 'b' },
  });
});

describe('the options in force', () => {
  test('are frozen to the last', () => {
    const options = resolved({ taskType: { a: 'b' }, workflows: { include: ['a'] }, correlation: { taskId: 't' } });
    expect(notFrozen(options, 'options')).toEqual([]);
  });

  test('do not follow later changes of what was passed in, and leave that unfrozen', () => {
    const registry = new Registry();
    const logger: Logger = collectingLogger();
    const include = ['AgentModel' as const];
    const exclude = ['a'];
    const taskType: Record<string, string> = { a: 'b' };
    const passed = { metrics: { registry }, logger, searchAttributes: { include }, workflows: { exclude }, taskType };
    const options = resolved(passed);
    exclude.push('late');
    taskType.late = 'late';
    expect(options.workflows.exclude).toEqual(['a']);
    expect(options.taskTypes).toEqual({ a: 'b' });
    expect(options.metrics).toEqual({ registry });
    expect(options.logger).toBe(logger);
    for (const own of [registry, logger, include, exclude, taskType, passed, passed.metrics, passed.workflows]) {
      expect(Object.isFrozen(own)).toBe(false);
    }
  });
});

function notFrozen(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, field]) => notFrozen(field, `${at}.${key}`));
  return Object.isFrozen(value) ? inside : [at, ...inside];
}
