/**
 * Validates options once and fills in environment and defaults.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { RedactFunction } from './content';
import type { AgentIdentity } from './definitions/agent-header';
import { defined } from './definitions/defined';
import { FINDING_IDS, type FindingId, SEVERITIES, type Severity } from './definitions/findings';
import {
  array,
  boolean,
  fail,
  func,
  integer,
  known,
  nonEmpty,
  number,
  object,
  oneOf,
  record,
} from './definitions/option-checks';
import { DEFAULT_WORKER_PORT } from './definitions/ports';
import {
  REQUIRED_SEARCH_ATTRIBUTE,
  SEARCH_ATTRIBUTE_NAMES,
  type SearchAttributeName,
} from './definitions/search-attributes';
import type { Thresholds } from './definitions/thresholds';
import type { ExporterConfig } from './exporter/config';
import { resolveInWorker } from './exporter/options/resolve-exporter';
import type { AgentObservabilityOptions, MetricsRegistryOptions } from './options';
import { resolveThresholds } from './resolve-thresholds';

/** Prefix of every environment variable. */
export const ENV_PREFIX = 'TEMPORAL_AGENT_OBSERVABILITY_';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

/** Options as the rest of the package reads them: complete, checked and frozen. */
export interface ResolvedOptions {
  readonly mode: 'on' | 'drain' | 'off';
  readonly content:
    | {
        readonly directory: string;
        readonly capture: 'full' | 'metadata';
        readonly maxContentBytes: number;
        readonly maxBytes: number;
        readonly retentionMs: number;
      }
    | undefined;
  readonly redact: 'off' | 'default' | RedactFunction;
  readonly metrics: { readonly host: string; readonly port: number } | MetricsRegistryOptions | undefined;
  readonly searchAttributes: { readonly keys: readonly SearchAttributeName[]; readonly register: boolean };
  readonly rollout: number;
  readonly workflows: { readonly include: readonly string[] | undefined; readonly exclude: readonly string[] };
  readonly taskTypes: Readonly<Record<string, string>>;
  readonly correlation: Omit<AgentIdentity, 'taskType'>;
  readonly estimateTokens: boolean;
  readonly findings: Readonly<Partial<Record<FindingId, Severity | 'off'>>>;
  readonly thresholds: Thresholds;
  /** How the exporter inside the worker process watches; `undefined` when it does not run. */
  readonly exporter: ExporterConfig | undefined;
  readonly logger: Logger | 'none' | 'runtime';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @throws TypeError or RangeError that names the option or variable, what was expected and what came
 */
export function resolveOptions(
  options: AgentObservabilityOptions = {},
  env: Environment = process.env,
): ResolvedOptions {
  known('options', options, [
    'mode',
    'content',
    'redact',
    'metrics',
    'searchAttributes',
    'rollout',
    'workflows',
    'taskType',
    'correlation',
    'estimateTokens',
    'findings',
    'thresholds',
    'exporter',
    'logger',
  ]);
  const variables = new EnvironmentReader(env);
  const pick = <T>(name: string, value: T | undefined, fromEnv: Named<T> | undefined, fallback: T): Named<T> =>
    value !== undefined ? { name, value } : (fromEnv ?? { name, value: fallback });

  const rollout = pick<unknown>('rollout', options.rollout, variables.number('ROLLOUT'), 1);
  const mode = pick<unknown>('mode', options.mode, variables.text('MODE'), 'on');
  const redact = pick<unknown>('redact', options.redact, variables.text('REDACT'), 'default');
  const estimate = pick<unknown>('estimateTokens', options.estimateTokens, variables.boolean('ESTIMATE_TOKENS'), true);
  const findings = pick<unknown>('findings', options.findings, variables.pairs('FINDINGS', '<finding>=<severity>'), {});
  const thresholds = pick<unknown>('thresholds', options.thresholds, variables.numbers('THRESHOLDS'), {});
  const taskType = pick<unknown>(
    'taskType',
    options.taskType,
    variables.pairs('TASK_TYPE', '<workflow type>=<task type>'),
    {},
  );

  const exporter = pick<unknown>('exporter', options.exporter, variables.boolean('EXPORTER'), false);
  const severities = resolveFindings(findings);

  return Object.freeze({
    mode: oneOf(mode.name, mode.value, ['on', 'drain', 'off']),
    content: resolveContent(pick<unknown>('content', options.content, variables.text('CONTENT'), {})),
    redact:
      typeof redact.value === 'function'
        ? (redact.value as RedactFunction)
        : oneOf(redact.name, redact.value, ['off', 'default'], 'or a function'),
    metrics: resolveMetrics(pick<unknown>('metrics', options.metrics, variables.metrics(), {})),
    searchAttributes: resolveSearchAttributes(options.searchAttributes, variables),
    rollout: number(rollout.name, rollout.value, { min: 0, max: 1 }),
    workflows: resolveWorkflows(options.workflows, variables),
    taskTypes: Object.freeze(record(taskType.name, taskType.value)),
    correlation: resolveCorrelation(options.correlation, variables),
    estimateTokens: boolean(estimate.name, estimate.value),
    findings: severities,
    thresholds: resolveThresholds(thresholds.name, thresholds.value),
    exporter: resolveExporter(exporter, env, severities),
    logger: resolveLogger(options.logger, variables.text('LOGGER')),
  });
}

interface Named<T> {
  readonly name: string;
  readonly value: T;
}

function resolveContent({ name, value }: Named<unknown>): ResolvedOptions['content'] {
  if (value === 'off') return undefined;
  const options =
    typeof value === 'string' ? { directory: value } : object(name, value, "'off', a directory or an object");
  known(name, options, ['directory', 'capture', 'maxContentBytes', 'maxBytes', 'retentionDays']);
  const { directory = './.agent-content', capture = 'full', maxContentBytes = 16 * MIB } = options;
  const { maxBytes = 10 * 1024 * MIB, retentionDays = 30 } = options;
  return Object.freeze({
    directory: nonEmpty(`${name}.directory`, directory),
    capture: oneOf(`${name}.capture`, capture, ['full', 'metadata']),
    maxContentBytes: integer(`${name}.maxContentBytes`, maxContentBytes, { min: 1 }),
    maxBytes: integer(`${name}.maxBytes`, maxBytes, { min: MIB }),
    retentionMs: number(`${name}.retentionDays`, retentionDays, { above: 0 }) * DAY_MS,
  });
}

function resolveMetrics({ name, value }: Named<unknown>): ResolvedOptions['metrics'] {
  if (value === 'off') return undefined;
  const options = object(name, value, "'off' or an object");
  if ('registry' in options) {
    known(name, options, ['registry']);
    const { registry } = options as { registry: MetricsRegistryOptions['registry'] };
    if (typeof registry?.registerMetric !== 'function' || typeof registry.metrics !== 'function') {
      throw fail(`${name}.registry`, 'a prom-client Registry', registry);
    }
    return Object.freeze({ registry });
  }
  known(name, options, ['port', 'host']);
  const { port = DEFAULT_WORKER_PORT, host = '127.0.0.1' } = options;
  return Object.freeze({
    host: nonEmpty(`${name}.host`, host),
    port: integer(`${name}.port`, port, { min: 0, max: 65_535 }),
  });
}

function resolveSearchAttributes(value: unknown, variables: EnvironmentReader): ResolvedOptions['searchAttributes'] {
  const options = object('searchAttributes', value ?? {}, 'an object');
  known('searchAttributes', options, ['include', 'register']);
  const include =
    options.include !== undefined
      ? { name: 'searchAttributes.include', value: options.include }
      : variables.list('SEARCH_ATTRIBUTES');
  const register =
    options.register !== undefined
      ? { name: 'searchAttributes.register', value: options.register }
      : (variables.text('REGISTER') ?? { name: 'searchAttributes.register', value: 'auto' });
  const included =
    include === undefined
      ? SEARCH_ATTRIBUTE_NAMES
      : array(include.name, include.value).map((name, i) =>
          oneOf(`${include.name}[${i}]`, name, SEARCH_ATTRIBUTE_NAMES),
        );
  return Object.freeze({
    keys: Object.freeze(
      SEARCH_ATTRIBUTE_NAMES.filter((name) => name === REQUIRED_SEARCH_ATTRIBUTE || included.includes(name)),
    ),
    register: oneOf(register.name, register.value, ['auto', 'never']) === 'auto',
  });
}

function resolveWorkflows(value: unknown, variables: EnvironmentReader): ResolvedOptions['workflows'] {
  const options = object('workflows', value ?? {}, 'an object');
  known('workflows', options, ['include', 'exclude']);
  const types = (key: 'include' | 'exclude', fromEnv: Named<unknown> | undefined) => {
    const list = options[key] !== undefined ? { name: `workflows.${key}`, value: options[key] } : fromEnv;
    if (list === undefined) return undefined;
    return Object.freeze(array(list.name, list.value).map((type, i) => nonEmpty(`${list.name}[${i}]`, type)));
  };
  return Object.freeze({
    include: types('include', variables.list('WORKFLOWS_INCLUDE')),
    exclude: types('exclude', variables.list('WORKFLOWS_EXCLUDE')) ?? Object.freeze([]),
  });
}

function resolveCorrelation(value: unknown, variables: EnvironmentReader): ResolvedOptions['correlation'] {
  const options = object('correlation', value ?? {}, 'an object');
  known('correlation', options, ['taskId', 'sessionId']);
  const id = (key: keyof ResolvedOptions['correlation'], variable: string) =>
    options[key] !== undefined ? nonEmpty(`correlation.${key}`, options[key]) : variables.text(variable)?.value;
  return Object.freeze(defined({ taskId: id('taskId', 'TASK_ID'), sessionId: id('sessionId', 'SESSION_ID') }));
}

function resolveFindings({ name, value }: Named<unknown>): ResolvedOptions['findings'] {
  const findings = object(name, value, 'an object of severities by finding');
  known(name, findings, FINDING_IDS);
  for (const id of Object.keys(findings)) oneOf(`${name}[${JSON.stringify(id)}]`, findings[id], [...SEVERITIES, 'off']);
  return Object.freeze({ ...findings }) as ResolvedOptions['findings'];
}

function resolveExporter(
  { name, value }: Named<unknown>,
  env: Environment,
  findings: ResolvedOptions['findings'],
): ExporterConfig | undefined {
  if (value === false) return undefined;
  if (value !== true) object(name, value, 'true, false or an object');
  return resolveInWorker(value, env, findings);
}

function resolveLogger(value: unknown, fromEnv: Named<string> | undefined): ResolvedOptions['logger'] {
  if (value === undefined)
    return fromEnv === undefined ? 'runtime' : oneOf(fromEnv.name, fromEnv.value, ['runtime', 'none']);
  const logger = object('logger', value, 'a Temporal Logger');
  for (const method of ['log', 'debug', 'info', 'warn', 'error']) func(`logger.${method}`, logger[method]);
  return value as Logger;
}

/** Reads variables; an empty one counts as not set. */
class EnvironmentReader {
  constructor(private readonly env: Environment) {}

  text(suffix: string): Named<string> | undefined {
    const value = this.env[ENV_PREFIX + suffix]?.trim();
    return value ? { name: ENV_PREFIX + suffix, value } : undefined;
  }

  number(suffix: string): Named<unknown> | undefined {
    const text = this.text(suffix);
    const value = Number(text?.value);
    return text && { name: text.name, value: Number.isNaN(value) ? text.value : value };
  }

  boolean(suffix: string): Named<unknown> | undefined {
    const text = this.text(suffix);
    return text && { name: text.name, value: { true: true, false: false }[text.value] ?? text.value };
  }

  list(suffix: string): Named<string[]> | undefined {
    const text = this.text(suffix);
    return text && { name: text.name, value: text.value.split(',').map((item) => item.trim()) };
  }

  pairs(suffix: string, expected: string): Named<Record<string, string>> | undefined {
    const list = this.list(suffix);
    if (list === undefined) return undefined;
    const pairs = list.value.map((item) => {
      const at = item.indexOf('=');
      if (at < 1) throw fail(list.name, `${expected} pairs, separated by commas`, item);
      return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
    });
    return { name: list.name, value: Object.fromEntries(pairs) };
  }

  numbers(suffix: string): Named<unknown> | undefined {
    const pairs = this.pairs(suffix, '<name>=<number>');
    if (pairs === undefined) return undefined;
    const values = Object.entries(pairs.value).map(([key, text]) => [key, text === '' ? text : Number(text)]);
    return { name: pairs.name, value: Object.fromEntries(values) };
  }

  /** `off`, `<port>` or `<host>:<port>`. */
  metrics(): Named<unknown> | undefined {
    const text = this.text('METRICS');
    if (text === undefined || text.value === 'off') return text;
    const match = /^(?:(?<host>.+):)?(?<port>\d+)$/.exec(text.value);
    if (!match?.groups) throw fail(text.name, "'off', '<port>' or '<host>:<port>'", text.value);
    const { host, port } = match.groups;
    return { name: text.name, value: defined({ host: host?.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }) };
  }
}
