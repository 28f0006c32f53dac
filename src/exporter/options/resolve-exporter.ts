/**
 * From the options that were given to the configuration in force.
 *
 * @module
 */

import { fail } from '../../definitions/option-checks';
import type { FindingSeverities } from '../../reporting/finding-reporter';
import type { ExporterConfig, TaskTypeConfig } from '../config';
import { definitionOf, type EXPORTER_OPTIONS, OPTION_NAMES, type OptionName, type OptionValue } from './definitions';
import { type GivenOption, readGiven, readVariables } from './given-options';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that an exporter with a process of its own is told. */
export interface StandaloneExporterConfig {
  readonly namespaces: readonly string[];
  readonly temporal: {
    readonly address: string;
    readonly apiKey: string | undefined;
    readonly tls: boolean | undefined;
    readonly profile: string | undefined;
  };
  readonly metrics: { readonly host: string; readonly port: number };
  readonly content: { readonly directory: string; readonly retentionMs: number } | undefined;
  readonly config: ExporterConfig;
}

type Keyed = Extract<OptionName, `${string}*${string}`>;
type Unkeyed = Exclude<OptionName, Keyed>;
type ValueInForce<N extends Unkeyed> = (typeof EXPORTER_OPTIONS)[N] extends { readonly fallback: unknown }
  ? OptionValue<N>
  : OptionValue<N> | undefined;

/** The options in force: of those given more than once, the last. */
export class EffectiveOptions {
  private readonly given = new Map<string, GivenOption>();

  /**
   * @param given the weakest first
   * @throws TypeError when two options contradict each other
   */
  constructor(given: readonly GivenOption[]) {
    for (const item of given) this.given.set(JSON.stringify([item.option, item.key]), item);
    const size = this.find('expected.sampleSize');
    const minimum = this.value('expected.minimumSample');
    if (this.value('expected.sampleSize') >= minimum) return;
    const name = size?.name ?? 'expected.sampleSize';
    throw fail(name, `at least expected.minimumSample (${minimum})`, this.value('expected.sampleSize'));
  }

  /** The value given, else the default, else `undefined`. */
  value<N extends Unkeyed>(option: N): ValueInForce<N> {
    const { kind, fallback } = definitionOf(option);
    const found = this.find(option);
    if (found !== undefined || fallback === undefined) return found?.value as ValueInForce<N>;
    return kind.check(option, fallback) as ValueInForce<N>;
  }

  /** Values by task type or finding. */
  byKey<N extends Keyed>(option: N): [string, OptionValue<N>][] {
    const found = [...this.given.values()].filter((item) => item.option === option);
    return found.map(({ key = '', value }) => [key, value as OptionValue<N>]);
  }

  /** Everything in force, in the order of the definitions; a default has no source. */
  all(): OptionInForce[] {
    const given = [...this.given.values()];
    return OPTION_NAMES.flatMap((option): OptionInForce[] => {
      const found = given.filter((item) => item.option === option);
      const { fallback } = definitionOf(option);
      if (found.length === 0 && fallback !== undefined)
        return [{ option, key: undefined, raw: fallback, source: undefined }];
      return found;
    });
  }

  private find(option: Unkeyed): GivenOption | undefined {
    return this.given.get(JSON.stringify([option, undefined]));
  }
}

/** An option with its value as one writes it. */
export interface OptionInForce extends Pick<GivenOption, 'option' | 'key' | 'raw'> {
  readonly source: string | undefined;
}

/** @param given the weakest first */
export function resolveStandalone(given: readonly GivenOption[]): {
  readonly resolved: StandaloneExporterConfig;
  readonly effective: EffectiveOptions;
} {
  const effective = new EffectiveOptions(given);
  const directory = effective.value('contentDir');
  const resolved: StandaloneExporterConfig = {
    namespaces: effective.value('namespaces'),
    temporal: {
      address: effective.value('temporal.address'),
      apiKey: effective.value('temporal.apiKey'),
      tls: effective.value('temporal.tls'),
      profile: effective.value('temporal.profile'),
    },
    metrics: { host: effective.value('metrics.host'), port: effective.value('metrics.port') },
    content: directory === undefined ? undefined : { directory, retentionMs: effective.value('contentRetention') },
    config: configOf(effective, {}),
  };
  return { resolved, effective };
}

/**
 * Configuration of an exporter inside a worker, which brings namespace, connection, metrics and records along.
 *
 * @param options `true`, or options as code has them
 * @param findings severities of the worker, for findings that the options say nothing about
 * @throws TypeError or RangeError that names the option or variable, what was expected and what came
 */
export function resolveInWorker(options: unknown, env: Environment, findings: FindingSeverities): ExporterConfig {
  const given = readVariables(env, false);
  if (options !== true) {
    const naming = { root: 'exporter', excluded: (name: OptionName) => definitionOf(name).standalone === true };
    given.push(...readGiven(options, naming));
  }
  return configOf(new EffectiveOptions(given), findings);
}

function configOf(options: EffectiveOptions, findings: FindingSeverities): ExporterConfig {
  return Object.freeze({
    pollIntervalMs: options.value('pollInterval'),
    requestsPerSecond: options.value('requestsPerSecond'),
    taskTypes: Object.freeze(taskTypesOf(options)),
    expected: Object.freeze({
      windowMs: options.value('expected.window'),
      minimumSample: options.value('expected.minimumSample'),
      sampleSize: options.value('expected.sampleSize'),
      factor: options.value('expected.factor'),
      floorMs: options.value('expected.floor'),
      refreshMs: options.value('expected.refresh'),
    }),
    approvalSlaMs: options.value('approvalSla'),
    listLimit: options.value('listLimit'),
    describeLimit: options.value('describeLimit'),
    failingAttempts: options.value('failingAttempts'),
    findings: Object.freeze({ ...findings, ...Object.fromEntries(options.byKey('findings.*')) }),
  });
}

function taskTypesOf(options: EffectiveOptions): ExporterConfig['taskTypes'] {
  // Without a prototype, for a task type may be called like a method of objects.
  const taskTypes: Record<string, TaskTypeConfig> = Object.create(null);
  for (const [type, expectedMs] of options.byKey('taskTypes.*.expected')) taskTypes[type] = { expectedMs };
  for (const [type, approvalSlaMs] of options.byKey('taskTypes.*.approvalSla')) {
    taskTypes[type] = { ...taskTypes[type], approvalSlaMs };
  }
  return taskTypes;
}
