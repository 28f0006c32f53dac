import type { ExplainedIteration, ExplainedTool, Explanation } from './explanation';
import { formatCost, formatCount, formatDuration, plural, table } from './format';
import { failureText, waitLines } from './print-wait';

/** The story as text for a terminal, line by line. */
export function printExplanation(explanation: Explanation): string[] {
  return [
    ...header(explanation),
    ...section('Iterations', iterationLines(explanation)),
    ...section('Children', childLines(explanation)),
    ...section('Failed attempts', failedAttemptLines(explanation)),
    ...section('Waits for', waitLines(explanation.waitingFor)),
    ...section('Findings', findingLines(explanation)),
    ...section('Totals', totalLines(explanation)),
    ...section('Notes', explanation.notes),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function header({ workflow, chain, failure }: Explanation): string[] {
  const facts: [string, string | undefined][] = [
    [
      'status',
      `${workflow.status}, ${workflow.closedAt === undefined ? 'for' : 'took'} ${formatDuration(workflow.durationMs)}`,
    ],
    ['failure', failure && failureText(failure)],
    ['task type', workflow.taskType],
    ['task', workflow.taskId],
    ['session', workflow.sessionId],
    ['started', workflow.startedAt],
    ['closed', workflow.closedAt],
    ['run', workflow.runId],
    ['namespace', workflow.namespace],
    ['task queue', workflow.taskQueue],
    ['parent', workflow.parent?.workflowId],
  ];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const runs = chain.map(({ runId, status, events, eventsRead }) => [
    runId,
    status,
    events === undefined || events === eventsRead
      ? plural(eventsRead, 'event')
      : `${formatCount(eventsRead)} of ${plural(events, 'event')} read`,
  ]);
  return [
    `${workflow.workflowType}  ${workflow.workflowId}`,
    ...table(rows).map((line) => `  ${line}`),
    ...(chain.length > 1 ? section(`Continued as new: ${plural(chain.length, 'run')}`, table(runs)) : []),
  ];
}

function iterationLines({ iterations, tools }: Explanation): string[] {
  const rows: { readonly at: number; readonly order: number; readonly cells: readonly string[] }[] = [
    ...iterations.map((iteration) => ({ at: iteration.number, order: 0, cells: iterationCells(iteration) })),
    ...tools.map((tool, index) => ({ at: tool.iteration, order: index + 1, cells: toolCells(tool) })),
  ];
  rows.sort((a, b) => a.at - b.at || a.order - b.order);
  return table(rows.map(({ cells }) => cells));
}

function iterationCells(iteration: ExplainedIteration): string[] {
  const { number, model, activityType, toolCalls, finish, finishRaw, refusal, outcome } = iteration;
  const calls = toolCalls.length > 0 ? `: ${toolCalls.map(({ name }) => name).join(', ')}` : '';
  const ending = refusal ? 'refusal' : (finish ?? finishRaw ?? (outcome === 'ok' ? '' : outcome));
  return [
    `#${number}`,
    model ?? activityType,
    usageText(iteration),
    activityDuration(iteration),
    `${ending}${calls}${attemptsText(iteration.attempts)}`,
  ];
}

function toolCells(tool: ExplainedTool): string[] {
  return ['', `  ${tool.name}`, '', activityDuration(tool), `${tool.outcome}${attemptsText(tool.attempts)}`];
}

function usageText({ usage, usageSource, outcome }: ExplainedIteration): string {
  if (usage === undefined) return outcome === 'ok' || outcome === 'refusal' ? 'tokens unknown' : '';
  const count = (tokens: number | undefined) => (tokens === undefined ? '?' : formatCount(tokens));
  return `${usageSource === 'estimated' ? '~' : ''}${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`;
}

function activityDuration({ durationMs }: { readonly durationMs?: number }): string {
  return durationMs === undefined ? '' : formatDuration(durationMs);
}

function attemptsText(attempts: number): string {
  return attempts > 1 ? ` (attempt ${attempts})` : '';
}

function childLines({ children }: Explanation): string[] {
  return table(children.map((child) => [child.workflowType, child.workflowId, child.status]));
}

function failedAttemptLines({ failedAttempts, chain }: Explanation): string[] {
  const runNumbers = new Map(chain.map(({ runId }, index) => [runId, index + 1]));
  return failedAttempts.map(({ activityType, activityId, runId, attempt, failure }) => {
    const run = chain.length > 1 ? `run ${runNumbers.get(runId)}, ` : '';
    return `${activityType} (${run}activity ${activityId}) attempt ${attempt}: ${failureText(failure)}`;
  });
}

function findingLines({ findings }: Explanation): string[] {
  return findings.flatMap(({ severity, id, message, advice }) => [`${severity}  ${id}: ${message}`, `  ${advice}`]);
}

function totalLines({ totals }: Explanation): string[] {
  const models = Object.entries(totals.tokensByModel).map(([model, tokens]) => [
    model,
    `${formatCount(tokens.input)} in, ${formatCount(tokens.output)} out`,
    tokens.callsWithoutUsage > 0 ? `and ${plural(tokens.callsWithoutUsage, 'call')} without usage` : '',
  ]);
  const left =
    totals.callsWithoutCost > 0 ? `, without ${plural(totals.callsWithoutCost, 'call')} of unknown price` : '';
  return [
    [
      plural(totals.modelCalls, 'model call'),
      plural(totals.toolCalls, 'tool call'),
      plural(totals.failedAttempts, 'failed attempt'),
    ].join(', '),
    ...table(models),
    ...(totals.costUsd === undefined ? [] : [`${formatCost(totals.costUsd)}${left}`]),
  ];
}
