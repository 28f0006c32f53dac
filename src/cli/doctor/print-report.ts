import { plural, table } from '../explain/format';
import { printable, shortened } from '../printable';
import { type CheckResult, type DoctorReport, PARTS, type PartName } from './report';

const TITLES: Readonly<Record<PartName, string>> = {
  temporal: 'Temporal',
  worker: 'Worker',
  exporter: 'Exporter',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
  grafana: 'Grafana',
};

/** Messages hold texts of servers, which may be of any length. */
const MOST_CHARACTERS = 500;

/** The report as text for a terminal, line by line. */
export function printReport({ checks, summary }: DoctorReport): string[] {
  const lines = PARTS.flatMap((part) => {
    const results = checks.filter((result) => result.part === part);
    return results.length === 0 ? [] : [TITLES[part], ...resultLines(results), ''];
  });
  const counted = [plural(summary.problem, 'problem'), plural(summary.warning, 'warning'), `${summary.ok} ok`];
  if (summary.skipped > 0) counted.push(`${summary.skipped} skipped`);
  return [...lines, `doctor: ${counted.join(', ')}`];
}

function resultLines(results: readonly CheckResult[]): string[] {
  const rows = results.flatMap(({ check, status, message, fix }) => {
    const row = [status, check, oneLine(message)];
    return fix === undefined ? [row] : [row, ['', '', `→ ${oneLine(fix)}`]];
  });
  return table(rows).map((line) => `  ${line}`);
}

function oneLine(text: string): string {
  return printable(shortened(text.replace(/\s+/g, ' ').trim(), MOST_CHARACTERS));
}
