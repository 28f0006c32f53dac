import { labelled, MINUTE_SECONDS, quoted, shell } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';

/** Agents that run longer than expected, and those that cannot go on. */
export function overdueRules(promQl: PromQl): RuleGroup {
  const { namespace, taskType } = promQl;
  const where = `Task type ${labelled(taskType)} in namespace ${labelled(namespace)}`;
  const variables = [namespace, taskType];
  return {
    name: 'temporal-agent-runs',
    rules: [
      {
        alert: 'TemporalAgentRunsOverdue',
        severity: 'warning',
        expr: `${promQl.exported('workflowsOverdue')} > 0`,
        forSeconds: 2 * MINUTE_SECONDS,
        keepFiringSeconds: 5 * MINUTE_SECONDS,
        summary: 'Agents run longer than the 95th percentile of their task type allows',
        description: `${where}: {{ $value }} runs are older than expected. They may be stuck: see what each waits for, and end or mend those that cannot finish.`,
        command: `overdue --namespace ${shell(namespace)} --task-type ${shell(taskType)}`,
        query: `ExecutionStatus = 'Running' AND AgentTaskType = ${quoted(taskType)}`,
        dashboard: 'agents',
        variables,
      },
      {
        alert: 'TemporalAgentWorkflowTasksFailing',
        severity: 'critical',
        pattern: 7,
        expr: `${promQl.exported('workflowTasksFailing')} > 0`,
        forSeconds: MINUTE_SECONDS,
        keepFiringSeconds: 5 * MINUTE_SECONDS,
        summary: 'Agents cannot go on: their workflow task fails again and again',
        description: `${where}: {{ $value }} runs are stuck at a workflow task that is retried for ever, most often since a deploy that cannot replay them. Roll back or mend the code; they go on by themselves then.`,
        command: `failing --namespace ${shell(namespace)} --task-type ${shell(taskType)}`,
        dashboard: 'patterns',
        variables,
      },
    ],
  };
}
