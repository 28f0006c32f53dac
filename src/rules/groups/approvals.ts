import { findingAlert, labelled, MINUTE_SECONDS, quoted, shell } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';

/** Pattern 6: people who are asked and do not answer. */
export function approvalRules(promQl: PromQl): RuleGroup {
  const { namespace, taskType } = promQl;
  const where = `Task type ${labelled(taskType)} in namespace ${labelled(namespace)}`;
  const variables = [namespace, taskType];
  const list = `approvals list --namespace ${shell(namespace)} --task-type ${shell(taskType)}`;
  const open = "ExecutionStatus = 'Running' AND AgentApprovalState IN ('submitted', 'acknowledged', 'escalated')";
  return {
    name: 'temporal-agent-approvals',
    rules: [
      {
        alert: 'TemporalAgentApprovalOverdue',
        severity: 'critical',
        pattern: 6,
        expr: `${promQl.exported('approvalsOverdue')} > 0`,
        forSeconds: 0,
        keepFiringSeconds: 5 * MINUTE_SECONDS,
        summary: 'Approvals are past their due time',
        description: `${where}: {{ $value }} agents wait for an approval that is overdue. Decide it; where no worker runs, start one, for nothing can be decided or timed out without.`,
        command: `${list} --overdue`,
        query: `${open} AND AgentTaskType = ${quoted(taskType)}`,
        dashboard: 'approvals',
        variables,
      },
      {
        alert: 'TemporalAgentApprovalEscalated',
        severity: 'warning',
        pattern: 6,
        expr: `${promQl.exported('approvalsOpen', 'state="escalated"')} > 0`,
        forSeconds: 0,
        keepFiringSeconds: 5 * MINUTE_SECONDS,
        summary: 'Approvals were escalated because nobody decided them in time',
        description: `${where}: {{ $value }} agents wait for whoever their approval was escalated to. Whoever was asked first did not answer.`,
        command: list,
        query: `ExecutionStatus = 'Running' AND AgentApprovalState = 'escalated' AND AgentTaskType = ${quoted(taskType)}`,
        dashboard: 'approvals',
        variables,
      },
      findingAlert(promQl, {
        alert: 'TemporalAgentWaitWithoutTimeout',
        severity: 'warning',
        pattern: 6,
        findings: ['wait-without-timeout'],
        summary: 'Agents wait for a signal or an update and nothing ends the wait',
        advice: 'Give the wait a deadline: requestApproval(...), or condition(..., timeout).',
      }),
    ],
  };
}
