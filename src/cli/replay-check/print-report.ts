import { formatCount, plural, table } from '../explain/format';
import type { ReplayReport, TypeReport } from './report';

/** The report as lines of text. */
export function printReport({ workflowTypes, findings, unchecked, namespace }: ReplayReport): string[] {
  if (workflowTypes.length === 0) return [`No open runs to check in namespace "${namespace}".`];
  const rows = workflowTypes.map((type) => [
    type.verdict,
    type.workflowType,
    `${formatCount(type.open)}${type.openIsMinimum ? '+' : ''}`,
    ...[type.checked, type.compatible, type.diverging, type.failing, type.unchecked].map(formatCount),
  ]);
  const header = ['verdict', 'workflow type', 'open', 'checked', 'compatible', 'diverging', 'failing', 'unchecked'];
  return [
    ...table([header, ...rows]),
    ...workflowTypes.flatMap((type) => why(type, { findings, unchecked })),
    ...[...new Set(findings.map(({ advice }) => advice))].flatMap((advice) => ['', advice]),
  ];
}

/** The first run that shows it; the others are in JSON. */
function why(
  { workflowType, verdict, first, diverging, failing }: TypeReport,
  { findings, unchecked }: Pick<ReplayReport, 'findings' | 'unchecked'>,
): string[] {
  const shown = findings.find(
    (finding) => finding.workflowType === workflowType && finding.message.endsWith(first ?? ''),
  );
  if (shown !== undefined) {
    const { finding, severity, message, error, workflowId, runId } = shown;
    const others = diverging + failing - 1;
    return [
      '',
      `${severity}  ${finding}  ${message}`,
      ...(workflowId === undefined ? [] : [`  workflow id ${workflowId}, run id ${runId}`]),
      ...(error === undefined ? [] : [`  thrown: ${error}`]),
      ...(others > 0 ? [`  and ${plural(others, 'other run')} of this type, see --json`] : []),
    ];
  }
  const skipped = verdict === 'unchecked' ? unchecked.find((run) => run.workflowType === workflowType) : undefined;
  return skipped === undefined ? [] : ['', `unchecked  ${workflowType} ${skipped.workflowId}: ${skipped.reason}`];
}
