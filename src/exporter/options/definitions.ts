/**
 * The options of the exporter. Checks, the JSON schema, flags, environment variables and the table in the docs are made
 * from this.
 *
 * @module
 */

import { formatDuration } from '../../definitions/duration';
import { FINDING_IDS } from '../../definitions/findings';
import { DEFAULT_EXPORTER_PORT } from '../../definitions/ports';
import { DEFAULT_EXPORTER_CONFIG as DEFAULTS } from '../config';
import {
  duration,
  type Kind,
  positiveNumber,
  SEVERITY_OR_OFF,
  TRUE_OR_FALSE,
  text,
  textList,
  wholeNumber,
} from './kinds';

export interface OptionDefinition<T = unknown> {
  readonly kind: Kind<T>;
  /** One sentence, for the schema, `--help` and the docs. */
  readonly description: string;
  /** As one writes it; left out where there is none. */
  readonly fallback?: unknown;
  readonly example: unknown;
  /** Keys that may stand for the `*` of the name; any text when left out. */
  readonly keys?: readonly string[];
  /** Where it is not the name in kebab-case. */
  readonly flag?: string;
  /** Where it is not the name after the prefix; the first one that is set holds. */
  readonly variables?: readonly string[];
  /** Only for the exporter that is a process of its own: inside a worker, the worker decides. */
  readonly standalone?: true;
}

/** Options by name: the path of keys, in which `*` stands for any key. */
export type OptionTable<N extends string = string> = Readonly<Record<N, OptionDefinition>>;

/** Prefix of the environment variables. */
export const EXPORTER_ENV_PREFIX = 'TEMPORAL_AGENT_OBSERVABILITY_EXPORTER_';

/** By name: the path of keys, in which `*` stands for any task type or finding. */
export const EXPORTER_OPTIONS = {
  namespaces: {
    kind: textList('names'),
    description: 'Namespaces that are watched.',
    fallback: ['default'],
    example: ['agents', 'agents-staging'],
    flag: '--namespace',
    variables: [`${EXPORTER_ENV_PREFIX}NAMESPACES`, 'TEMPORAL_NAMESPACE'],
    standalone: true,
  },
  'temporal.address': {
    kind: text('host:port'),
    description: 'Frontend of Temporal.',
    fallback: 'localhost:7233',
    example: 'agents.a1b2c.tmprl.cloud:7233',
    flag: '--address',
    variables: ['TEMPORAL_ADDRESS'],
    standalone: true,
  },
  'temporal.apiKey': {
    kind: text('key'),
    description: 'API key of Temporal; switches TLS on. Better kept in the environment than in a file.',
    example: 'eyJhbGciOi...',
    flag: '--api-key',
    variables: ['TEMPORAL_API_KEY'],
    standalone: true,
  },
  'temporal.tls': {
    kind: TRUE_OR_FALSE,
    description: 'Whether TLS is used; left out, it is with an API key or a certificate.',
    example: true,
    flag: '--tls',
    variables: ['TEMPORAL_TLS'],
    standalone: true,
  },
  'temporal.profile': {
    kind: text('name'),
    description: "Profile of Temporal's configuration file that says the rest of the connection.",
    example: 'production',
    flag: '--profile',
    variables: ['TEMPORAL_PROFILE'],
    standalone: true,
  },
  'metrics.host': {
    kind: text('address'),
    description: 'Address that metrics are served on; 0.0.0.0 in a container.',
    fallback: '127.0.0.1',
    example: '0.0.0.0',
    standalone: true,
  },
  'metrics.port': {
    kind: wholeNumber({ min: 0, max: 65_535 }),
    description: 'Port that metrics are served on; 0 takes a free one.',
    fallback: DEFAULT_EXPORTER_PORT,
    example: DEFAULT_EXPORTER_PORT,
    standalone: true,
  },
  contentDir: {
    kind: text('directory'),
    description:
      'Directory that findings are recorded in, for the `findings` command; left out, they are logged and counted.',
    example: '/var/lib/agent-content',
    standalone: true,
  },
  contentRetention: {
    kind: duration({ aboveZero: false }),
    description:
      'Age at which what is in contentDir is deleted; 0s keeps it. As that of workers which share the directory.',
    fallback: '30d',
    example: '90d',
    standalone: true,
  },
  pollInterval: {
    kind: duration({ max: '1d' }),
    description: 'Time between the starts of two polls; grows by itself where the requests do not fit.',
    fallback: formatDuration(DEFAULTS.pollIntervalMs),
    example: '1m',
  },
  requestsPerSecond: {
    kind: positiveNumber(2),
    description: 'Visibility requests a second and namespace.',
    fallback: DEFAULTS.requestsPerSecond,
    example: 1,
  },
  'taskTypes.*.expected': {
    kind: duration(),
    description:
      'Duration that tasks of this type are expected to stay below; nothing is derived from completed runs then.',
    example: '45m',
  },
  'taskTypes.*.approvalSla': {
    kind: duration({ aboveZero: false }),
    description: 'How long past its due time an approval of this task type is overdue.',
    example: '10m',
  },
  'expected.window': {
    kind: duration(),
    description: 'How far back completed runs are looked at.',
    fallback: formatDuration(DEFAULTS.expected.windowMs),
    example: '3d',
  },
  'expected.minimumSample': {
    kind: wholeNumber({ min: 1, max: 100_000 }),
    description: 'Fewest completed runs from which anything is expected of a task type.',
    fallback: DEFAULTS.expected.minimumSample,
    example: 50,
  },
  'expected.sampleSize': {
    kind: wholeNumber({ min: 1, max: 100_000 }),
    description: 'Most completed runs of a task type that are looked at, the newest; at least minimumSample.',
    fallback: DEFAULTS.expected.sampleSize,
    example: 500,
  },
  'expected.factor': {
    kind: positiveNumber(1000),
    description: 'What the 95th percentile of their durations is multiplied by.',
    fallback: DEFAULTS.expected.factor,
    example: 2,
  },
  'expected.floor': {
    kind: duration({ aboveZero: false }),
    description: 'Least that is ever expected.',
    fallback: formatDuration(DEFAULTS.expected.floorMs),
    example: '5m',
  },
  'expected.refresh': {
    kind: duration(),
    description: 'How long a sample is used before a new one is taken.',
    fallback: formatDuration(DEFAULTS.expected.refreshMs),
    example: '15m',
  },
  approvalSla: {
    kind: duration({ aboveZero: false }),
    description: 'How long past its due time an approval is overdue, for task types without their own.',
    fallback: formatDuration(DEFAULTS.approvalSlaMs),
    example: '5m',
  },
  listLimit: {
    kind: wholeNumber({ min: 1, max: 100_000 }),
    description: 'Most runs that one list of a poll gives.',
    fallback: DEFAULTS.listLimit,
    example: 2000,
  },
  describeLimit: {
    kind: wholeNumber({ min: 0, max: 1000 }),
    description: 'Most runs of a poll that are asked for what they are doing.',
    fallback: DEFAULTS.describeLimit,
    example: 50,
  },
  failingAttempts: {
    kind: wholeNumber({ min: 2, max: 1_000_000 }),
    description: 'Attempts of a workflow task from which on it counts as failing again and again.',
    fallback: DEFAULTS.failingAttempts,
    example: 5,
  },
  'findings.*': {
    kind: SEVERITY_OR_OFF,
    description: 'Another severity for a finding, or off to silence it.',
    example: 'critical',
    keys: FINDING_IDS,
  },
} as const satisfies Readonly<Record<string, OptionDefinition>>;

export type OptionName = keyof typeof EXPORTER_OPTIONS;

export const OPTION_NAMES = Object.keys(EXPORTER_OPTIONS) as OptionName[];

/** The type of an option's value once it is checked. */
export type OptionValue<N extends OptionName> = ReturnType<(typeof EXPORTER_OPTIONS)[N]['kind']['check']>;

export function definitionOf(name: OptionName): OptionDefinition {
  return EXPORTER_OPTIONS[name];
}

/** Whether the option has a value for each task type or finding. */
export function isKeyed(name: string): boolean {
  return name.includes('*');
}

/** `--expected-minimum-sample` */
export function flagOf(name: OptionName): string {
  return definitionOf(name).flag ?? `--${words(name).join('-')}`;
}

/** Environment variables, the strongest first. */
export function variablesOf(name: OptionName): readonly string[] {
  return definitionOf(name).variables ?? [EXPORTER_ENV_PREFIX + words(name).join('_').toUpperCase()];
}

/** What one writes after the flag or into the variable: `<duration>`, or `<task type>=<duration>,...`. */
export function placeholderOf(name: OptionName): string {
  const { label } = definitionOf(name).kind;
  if (!isKeyed(name)) return label;
  return `${name.startsWith('findings') ? 'finding' : 'task type'}=${name.startsWith('findings') ? 'severity' : label},...`;
}

/** A value as one writes it into a variable or after a flag. */
export function written(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function words(name: string): string[] {
  return name
    .replaceAll('.*', '')
    .split(/\.|(?=[A-Z])/)
    .map((word) => word.toLowerCase());
}
