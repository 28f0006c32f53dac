import { labelled, MINUTE_SECONDS, shell } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';

/** Pattern 5, as the namespace shows it. */
export function orphanRules(promQl: PromQl): RuleGroup {
  const { namespace, taskType } = promQl;
  return {
    name: 'temporal-agent-orphans',
    rules: [
      {
        alert: 'TemporalAgentOrphaned',
        severity: 'warning',
        pattern: 5,
        expr: `${promQl.exported('workflowsOrphaned')} > 0`,
        forSeconds: MINUTE_SECONDS,
        keepFiringSeconds: 5 * MINUTE_SECONDS,
        summary: 'Child agents run on although their parent is closed',
        description: `Task type ${labelled(taskType)} in namespace ${labelled(namespace)}: {{ $value }} children have nobody who waits for their result, and go on calling models. End those that are not meant to go on.`,
        command: `orphans --namespace ${shell(namespace)} --task-type ${shell(taskType)}`,
        dashboard: 'patterns',
        variables: [namespace, taskType],
      },
    ],
  };
}
