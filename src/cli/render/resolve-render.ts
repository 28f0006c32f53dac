/**
 * From the options that were given to what is rendered.
 *
 * @module
 */

import type { OptionDefinition } from '../../exporter/options/definitions';
import type { GivenOption } from '../../exporter/options/given-options';
import type { Budget, RuleConfig } from '../../rules/rule-config';
import { RENDER_OPTIONS, type RenderOption } from './options';

export interface KubernetesConfig {
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly workerService: string;
  readonly exporterService: string;
  readonly port: string;
  readonly corePort: string;
  /** Of the Services. */
  readonly serviceNamespace: string | undefined;
}

export interface RenderConfig {
  readonly rules: RuleConfig;
  readonly kubernetes: KubernetesConfig;
}

type Given = GivenOption<RenderOption>;
type Value<N extends RenderOption> = ReturnType<(typeof RENDER_OPTIONS)[N]['kind']['check']>;

/** @param timeScale what every duration of the rules is divided by */
export function resolveRender(given: readonly Given[], timeScale: number): RenderConfig {
  const maybe = <N extends RenderOption>(option: N): Value<N> | undefined => {
    const { kind, fallback }: OptionDefinition = RENDER_OPTIONS[option];
    const found = given.findLast((item) => item.option === option);
    if (found !== undefined) return found.value as Value<N>;
    return fallback === undefined ? undefined : (kind.check(option, fallback) as Value<N>);
  };
  const value = <N extends RenderOption>(option: N) => maybe(option) as Value<N>;
  const url = (option: Extract<RenderOption, `urls.${string}`>) => (maybe(option) ?? '').replace(/\/+$/, '');
  const labels = given.filter(({ option }) => option === 'kubernetes.labels.*');
  return {
    rules: {
      selector: maybe('selector') ?? '',
      jobs: { worker: value('jobs.worker'), exporter: value('jobs.exporter') },
      labels: { taskType: value('labels.taskType'), namespace: value('labels.namespace') },
      core: { prefix: value('core.prefix'), namespace: value('core.namespaceLabel') },
      urls: { runbooks: url('urls.runbooks'), grafana: url('urls.grafana'), temporalUi: url('urls.temporalUi') },
      thresholds: {
        modelErrorRatio: value('thresholds.modelErrorRatio'),
        modelRefusalRatio: value('thresholds.modelRefusalRatio'),
        minimumModelCalls: value('thresholds.minimumModelCalls'),
        modelLatencySeconds: value('thresholds.modelLatency') / 1000,
        rateLimitedCalls: value('thresholds.rateLimitedCalls'),
        tokensPerHour: maybe('thresholds.tokensPerHour') ?? Number.POSITIVE_INFINITY,
        costPerHourUsd: maybe('thresholds.costPerHourUsd') ?? Number.POSITIVE_INFINITY,
        taskTypes: budgetsOf(given),
      },
      timeScale,
    },
    kubernetes: {
      namespace: maybe('kubernetes.namespace'),
      labels: Object.fromEntries(labels.map(({ key = '', value: label }) => [key, label as string])),
      workerService: value('kubernetes.workerService'),
      exporterService: value('kubernetes.exporterService'),
      port: value('kubernetes.port'),
      corePort: value('kubernetes.corePort'),
      serviceNamespace: maybe('kubernetes.serviceNamespace'),
    },
  };
}

function budgetsOf(given: readonly Given[]): ReadonlyMap<string, Partial<Budget>> {
  const budgets = new Map<string, Partial<Budget>>();
  const add = (taskType: string, budget: Partial<Budget>) =>
    budgets.set(taskType, { ...budgets.get(taskType), ...budget });
  for (const { option, key = '', value } of given) {
    if (option === 'thresholds.taskTypes.*.tokensPerHour') add(key, { tokensPerHour: value as number });
    if (option === 'thresholds.taskTypes.*.costPerHourUsd') add(key, { costPerHourUsd: value as number });
  }
  return budgets;
}
