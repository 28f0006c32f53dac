import { readFileSync } from 'node:fs';
import {
  type AgentObservabilityOptions,
  AgentObservabilityPlugin,
  type StandaloneExporterOptions,
} from 'temporal-agent-observability';
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { DEFAULT_EXPORTER_CONFIG, type ExporterConfig } from '#lib/exporter/config';
import { definitionOf, OPTION_NAMES, type OptionName, written } from '#lib/exporter/options/definitions';
import { readGiven } from '#lib/exporter/options/given-options';
import { resolveStandalone } from '#lib/exporter/options/resolve-exporter';

const ENV = 'TEMPORAL_AGENT_OBSERVABILITY_EXPORTER';

const resolved = (options: unknown) => resolveStandalone(readGiven(options, { root: '' })).resolved;
/** What the plugin makes of its option. */
const inWorker = (exporter: unknown, more: AgentObservabilityOptions = {}) =>
  new AgentObservabilityPlugin({ ...more, exporter } as AgentObservabilityOptions).options.exporter;

afterEach(() => {
  vi.unstubAllEnvs();
});

test('everything has a default', () => {
  expect(resolved({})).toEqual({
    namespaces: ['default'],
    temporal: { address: 'localhost:7233', apiKey: undefined, tls: undefined, profile: undefined },
    metrics: { host: '127.0.0.1', port: 9466 },
    content: undefined,
    config: DEFAULT_EXPORTER_CONFIG,
  });
});

describe('an option is accepted', () => {
  const minute = 60_000;
  const { expected } = DEFAULT_EXPORTER_CONFIG;

  test.each<[StandaloneExporterOptions, Partial<ExporterConfig>]>([
    [{ pollInterval: '90s' }, { pollIntervalMs: 90_000 }],
    [{ pollInterval: '1.5m' }, { pollIntervalMs: 90_000 }],
    [{ pollInterval: '1d' }, { pollIntervalMs: 86_400_000 }],
    [{ requestsPerSecond: 0.5 }, { requestsPerSecond: 0.5 }],
    [{ taskTypes: { research: { expected: '45m' } } }, { taskTypes: { research: { expectedMs: 45 * minute } } }],
    [
      { taskTypes: { 'a.b': { expected: '1h', approvalSla: '0s' }, constructor: { approvalSla: '1m' } } },
      { taskTypes: { 'a.b': { expectedMs: 60 * minute, approvalSlaMs: 0 }, constructor: { approvalSlaMs: minute } } },
    ],
    [{ taskTypes: {} }, {}],
    [{ expected: { window: '3d' } }, { expected: { ...expected, windowMs: 3 * 24 * 60 * minute } }],
    [{ expected: { minimumSample: 1 } }, { expected: { ...expected, minimumSample: 1 } }],
    [{ expected: { sampleSize: 20 } }, { expected: { ...expected, sampleSize: 20 } }],
    [{ expected: { factor: 1 } }, { expected: { ...expected, factor: 1 } }],
    [{ expected: { floor: '0s' } }, { expected: { ...expected, floorMs: 0 } }],
    [{ expected: { refresh: '1h' } }, { expected: { ...expected, refreshMs: 60 * minute } }],
    [{ approvalSla: '5m' }, { approvalSlaMs: 5 * minute }],
    [{ listLimit: 5 }, { listLimit: 5 }],
    [{ describeLimit: 0 }, { describeLimit: 0 }],
    [{ failingAttempts: 10 }, { failingAttempts: 10 }],
    [{ findings: { 'orphaned-agent': 'off' } }, { findings: { 'orphaned-agent': 'off' } }],
  ])('%j', (options, config) => {
    expect(resolved(options).config).toEqual({ ...DEFAULT_EXPORTER_CONFIG, ...config });
  });

  test('a directory for findings, and how long they stay there', () => {
    expect(resolved({ contentDir: '/data' }).content).toEqual({ directory: '/data', retentionMs: 30 * 86_400_000 });
    expect(resolved({ contentDir: '/data', contentRetention: '0s' }).content?.retentionMs).toBe(0);
  });

  test('a task type that is not configured has nothing, whatever it is called', () => {
    expect(resolved({}).config.taskTypes.constructor).toBeUndefined();
  });
});

describe('a wrong option is refused, with its name, what was expected and what came', () => {
  const DURATION = "expected a duration such as '30s', '15m', '4h' or '7d'";

  test.each<[unknown, string]>([
    [null, 'options: expected an object of options, got null'],
    [[], 'options: expected an object of options, got an array'],
    [{ pollIntervall: '1m' }, 'options: unknown option "pollIntervall"; expected namespaces, temporal, metrics, '],
    [{ pollInterval: 30 }, `pollInterval: ${DURATION}, got 30`],
    [{ pollInterval: '30' }, `pollInterval: ${DURATION}, got "30"`],
    [{ pollInterval: '30 seconds' }, `pollInterval: ${DURATION}, got "30 seconds"`],
    [{ pollInterval: '-30s' }, `pollInterval: ${DURATION}, got "-30s"`],
    [{ pollInterval: null }, `pollInterval: ${DURATION}, got null`],
    [{ pollInterval: '0s' }, `pollInterval: ${DURATION}, above 0, up to 1d, got "0s"`],
    [{ pollInterval: '2d' }, `pollInterval: ${DURATION}, above 0, up to 1d, got "2d"`],
    [{ namespaces: 'default' }, 'namespaces: expected an array, got "default"'],
    [{ namespaces: [] }, 'namespaces: expected at least one, got an array'],
    [{ namespaces: ['a', ''] }, 'namespaces[1]: expected a non-empty string, got ""'],
    [{ temporal: 'host:7233' }, 'temporal: expected an object of options, got "host:7233"'],
    [{ temporal: { adress: 'x' } }, 'temporal: unknown option "adress"; expected address, apiKey, tls, profile'],
    [{ temporal: { address: '' } }, 'temporal.address: expected a non-empty string, got ""'],
    [{ temporal: { apiKey: 1 } }, 'temporal.apiKey: expected a non-empty string, got 1'],
    [{ temporal: { tls: 'yes' } }, 'temporal.tls: expected true or false, got "yes"'],
    [{ temporal: { profile: true } }, 'temporal.profile: expected a non-empty string, got true'],
    [{ metrics: { host: 1 } }, 'metrics.host: expected a non-empty string, got 1'],
    [{ metrics: { port: 65_536 } }, 'metrics.port: expected a whole number from 0 to 65535, got 65536'],
    [{ contentDir: false }, 'contentDir: expected a non-empty string, got false'],
    [{ contentRetention: 30 }, `contentRetention: ${DURATION}, got 30`],
    [{ requestsPerSecond: 0 }, 'requestsPerSecond: expected a number above 0, got 0'],
    [{ requestsPerSecond: 3 }, 'requestsPerSecond: expected a number from 0 to 2, got 3'],
    [{ taskTypes: ['research'] }, 'taskTypes: expected an object of options, got an array'],
    [{ taskTypes: { research: '45m' } }, 'taskTypes["research"]: expected an object of options, got "45m"'],
    [
      { taskTypes: { research: { p95: '45m' } } },
      'taskTypes["research"]: unknown option "p95"; expected expected, approvalSla',
    ],
    [{ taskTypes: { 'a.b': { expected: 5 } } }, `taskTypes["a.b"].expected: ${DURATION}, got 5`],
    [{ taskTypes: { a: { expected: '0s' } } }, `taskTypes["a"].expected: ${DURATION}, above 0, got "0s"`],
    [{ taskTypes: { a: { approvalSla: 0 } } }, `taskTypes["a"].approvalSla: ${DURATION}, got 0`],
    [{ expected: { windw: '3d' } }, 'expected: unknown option "windw"; expected window, minimumSample, sampleSize, '],
    [{ expected: { window: 3 } }, `expected.window: ${DURATION}, got 3`],
    [{ expected: { minimumSample: 0 } }, 'expected.minimumSample: expected a whole number from 1 to 100000, got 0'],
    [{ expected: { sampleSize: 1.5 } }, 'expected.sampleSize: expected a whole number from 1 to 100000, got 1.5'],
    [{ expected: { sampleSize: 10 } }, 'expected.sampleSize: expected at least expected.minimumSample (20), got 10'],
    [
      { expected: { minimumSample: 2000 } },
      'expected.sampleSize: expected at least expected.minimumSample (2000), got 1000',
    ],
    [{ expected: { factor: -1 } }, 'expected.factor: expected a number above 0, got -1'],
    [{ expected: { floor: '5' } }, `expected.floor: ${DURATION}, got "5"`],
    [{ expected: { refresh: '0m' } }, `expected.refresh: ${DURATION}, above 0, got "0m"`],
    [{ approvalSla: 300 }, `approvalSla: ${DURATION}, got 300`],
    [{ listLimit: '10' }, 'listLimit: expected a whole number from 1 to 100000, got "10"'],
    [{ describeLimit: -1 }, 'describeLimit: expected a whole number from 0 to 1000, got -1'],
    [{ failingAttempts: 1 }, 'failingAttempts: expected a whole number from 2 to 1000000, got 1'],
    [
      { findings: { 'orphaned-agents': 'off' } },
      'findings: unknown option "orphaned-agents"; expected llm-in-workflow',
    ],
    [
      { findings: { 'orphaned-agent': 'error' } },
      `findings["orphaned-agent"]: expected one of 'info', 'warning', 'critical', 'off', got "error"`,
    ],
  ])('%j', (options, message) => {
    expect(() => resolved(options)).toThrow(message);
  });
});

describe('the option of the plugin', () => {
  test('is off unless it is asked for, in code or by a variable', () => {
    expect(inWorker(undefined)).toBeUndefined();
    expect(inWorker(false)).toBeUndefined();
    expect(inWorker(true)).toEqual(DEFAULT_EXPORTER_CONFIG);
    vi.stubEnv(ENV, 'true');
    expect(inWorker(undefined)).toEqual(DEFAULT_EXPORTER_CONFIG);
    expect(inWorker(false)).toBeUndefined();
  });

  test('takes what code says before what a variable says, and variables before defaults', () => {
    vi.stubEnv(`${ENV}_POLL_INTERVAL`, '2m');
    vi.stubEnv(`${ENV}_LIST_LIMIT`, '7');
    vi.stubEnv(`${ENV}_TASK_TYPES_EXPECTED`, 'research=1h, triage=5m');
    expect(inWorker({ pollInterval: '3m', taskTypes: { research: { expected: '2h' } } })).toMatchObject({
      pollIntervalMs: 180_000,
      listLimit: 7,
      taskTypes: { research: { expectedMs: 7_200_000 }, triage: { expectedMs: 300_000 } },
    });
  });

  test("takes the plugin's severities where it says nothing about a finding", () => {
    const findings = { 'orphaned-agent': 'off', 'approval-overdue': 'info' } as const;
    expect(inWorker({ findings: { 'approval-overdue': 'critical' } }, { findings })?.findings).toEqual({
      'orphaned-agent': 'off',
      'approval-overdue': 'critical',
    });
  });

  test.each<[unknown, string]>([
    ['yes', 'exporter: expected true, false or an object, got "yes"'],
    [{ pollInterval: 1 }, 'exporter.pollInterval: expected a duration'],
    [{ namespaces: ['a'] }, 'exporter: unknown option "namespaces"; expected pollInterval, '],
    [{ taskTypes: { a: { expected: 1 } } }, 'exporter.taskTypes["a"].expected: expected a duration'],
  ])('refuses %j', (exporter, message) => {
    expect(() => inWorker(exporter)).toThrow(message);
  });

  test('refuses a variable that is wrong, by its name', () => {
    vi.stubEnv(`${ENV}_FINDINGS`, 'orphaned-agent');
    expect(() => inWorker(true)).toThrow(`${ENV}_FINDINGS: expected <name>=<value> pairs, separated by commas, got`);
    vi.stubEnv(`${ENV}_FINDINGS`, 'orphaned-agents=off');
    expect(() => inWorker(true)).toThrow(`${ENV}_FINDINGS: unknown option "orphaned-agents"; expected `);
    vi.stubEnv(`${ENV}_FINDINGS`, '');
    vi.stubEnv(`${ENV}_LIST_LIMIT`, 'many');
    expect(() => inWorker(true)).toThrow(`${ENV}_LIST_LIMIT: expected a whole number from 1 to 100000, got "many"`);
    expect(inWorker(false)).toBeUndefined();
  });
});

describe('the definitions', () => {
  test('are those of the public types', () => {
    type Paths<T> = T extends readonly unknown[]
      ? never
      : T extends object
        ? { [K in keyof T & string]-?: K | `${K}.${Paths<NonNullable<T[K]>>}` }[keyof T & string]
        : never;
    type Plain = Exclude<OptionName, `${string}*${string}`>;
    expectTypeOf<Plain>().toExtend<Paths<StandaloneExporterOptions>>();
  });

  test.each(OPTION_NAMES)('%s is accepted with its example', (name) => {
    const { example, keys = ['any'] } = definitionOf(name);
    const path = name.split('.').map((part) => (part === '*' ? String(keys[0]) : part));
    const options = path.reduceRight<unknown>((value, part) => ({ [part]: value }), example);
    expect(() => resolved(options)).not.toThrow();
  });

  test('have the defaults that the comments of the public types name', () => {
    const source = readFileSync('src/exporter/options/exporter-options.ts', 'utf8');
    const comments = [...source.matchAll(/@default (.+)\n(?:.*\n)*?\s+\*\/\n\s+readonly (\w+)\?/g)];
    const named = new Map(comments.map(([, fallback, name]) => [name, fallback]));
    for (const name of OPTION_NAMES) {
      const { fallback } = definitionOf(name);
      if (fallback === undefined || name.startsWith('temporal.') || name.startsWith('metrics.')) continue;
      const last = name.split('.').at(-1) as string;
      const text = String(named.get(last)).replaceAll(/['[\]]/g, '');
      expect([name, text]).toEqual([name, written(fallback)]);
    }
  });
});
