/**
 * Links into Temporal's UI, with the query filled in.
 *
 * @module
 */

export interface Link {
  readonly title: string;
  /** May use variables, and the labels of what was clicked on. */
  readonly url: string;
}

/** A label of the series that was clicked on, for use in a query of visibility. */
export function ofSeries(label: string): string {
  return `\${__field.labels.${label}:percentencode}`;
}

/** A column of the row of a table that was clicked on, for use in a query of visibility. */
export function ofRow(label: string): string {
  return `\${__data.fields.${label}:percentencode}`;
}

/** Lists the runs of a query, in visibility's language. */
export function temporalRuns(label: (name: string) => string, query: string): Link {
  // Grafana fills in and encodes what is between braces, so that only what is around it is encoded here.
  const encoded = query.replace(/\$\{[^}]+\}|[^$]+/g, (part) =>
    part.startsWith('${') ? part : encodeURIComponent(part),
  );
  const namespace = label('temporal_namespace');
  return {
    title: 'Runs in Temporal',
    url: `\${temporal_ui:raw}/namespaces/${namespace}/workflows?query=${encoded}`,
  };
}

/** Agents of a task type that run. */
export function runningAgents(label: (name: string) => string, condition = ''): Link {
  return temporalRuns(
    label,
    `ExecutionStatus = 'Running' AND AgentTaskType = '${label('task_type')}'${condition === '' ? '' : ` AND ${condition}`}`,
  );
}

/** Agents that a model answered last. */
export function agentsOfModel(label: (name: string) => string): Link {
  return temporalRuns(label, `AgentModel STARTS_WITH '${label('model')}'`);
}

/** Runs of a workflow type, for findings: they name the type, and never the run. */
export function runsOfWorkflowType(label: (name: string) => string): Link {
  return temporalRuns(label, `WorkflowType = '${label('workflow_type')}'`);
}

/** The namespace itself. */
export function namespaceInTemporal(label: (name: string) => string): Link {
  return {
    title: 'Namespace in Temporal',
    url: `\${temporal_ui:raw}/namespaces/${label('temporal_namespace')}`,
  };
}
