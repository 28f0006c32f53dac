import type { FindingId, Severity } from '../definitions/findings';
import type { PatternNumber } from '../definitions/patterns';
import type { PromQl } from './promql';
import type { AlertRule } from './rule';

/** How long a finding is shown after it was last found, in seconds. */
export const FINDING_WINDOW_SECONDS = 900;

export const MINUTE_SECONDS = 60;

/** A rule on findings: it fires with the first one and ends a window after the last one. */
export interface FindingAlert {
  readonly alert: string;
  readonly severity: AlertRule['severity'];
  readonly pattern: PatternNumber;
  readonly findings: readonly FindingId[];
  /** Only findings of this severity. */
  readonly found?: Severity;
  readonly summary: string;
  /** What it means and what to do, in a sentence or two; which runs is added. */
  readonly advice: string;
}

export function findingAlert(promQl: PromQl, { findings, found, advice, ...alert }: FindingAlert): AlertRule {
  return {
    ...alert,
    expr: promQl.findings(findings, FINDING_WINDOW_SECONDS, found),
    forSeconds: 0,
    keepFiringSeconds: 0,
    description: `{{ with $labels.workflow_type }}{{ . }}{{ else }}A worker{{ end }} (task type {{ with $labels.${promQl.taskType} }}{{ . }}{{ else }}any{{ end }}, namespace ${labelled(promQl.namespace)}): {{ $value | humanize }} times ${labelled('finding')} within ${FINDING_WINDOW_SECONDS / MINUTE_SECONDS} minutes. ${advice}`,
    command: `findings --namespace ${shell(promQl.namespace)} --id ${labelled('finding')} --since 1h`,
    dashboard: 'patterns',
    variables: [promQl.namespace, promQl.taskType],
  };
}

/** A label of the alert in an annotation. */
export function labelled(label: string): string {
  return `{{ $labels.${label} }}`;
}

/** A label as an argument on a command line: namespaces and task types can hold spaces and quotes. */
export function shell(label: string): string {
  return `'{{ $labels.${label} | reReplaceAll "'" "'\\\\''" }}'`;
}

/** A label as a string of visibility's query language. */
export function quoted(label: string): string {
  return `'{{ $labels.${label} | reReplaceAll "([\\\\\\\\'])" "\\\\$1" }}'`;
}
