/**
 * What `doctor --json` prints. Fields and checks are only ever added; a change of meaning raises `version`.
 *
 * @module
 */

export const DOCTOR_VERSION = 1;

/** In the order in which they are shown, which is the one that data takes. */
export const PARTS = ['temporal', 'worker', 'exporter', 'prometheus', 'alertmanager', 'grafana'] as const;
export type PartName = (typeof PARTS)[number];

/**
 * `problem`: something does not work, or will be missed when it is needed. `warning`: it may be meant so. `skipped`: not
 * looked at, and why.
 */
export type CheckStatus = 'ok' | 'warning' | 'problem' | 'skipped';

export interface CheckResult {
  readonly part: PartName;
  /** Kebab-case, stable for ever. */
  readonly check: string;
  readonly status: CheckStatus;
  /** One line: what was seen. */
  readonly message: string;
  /** The command or change that mends it, or that switches a skipped part on. */
  readonly fix?: string;
}

export interface DoctorReport {
  readonly version: typeof DOCTOR_VERSION;
  readonly address: string;
  readonly namespace: string;
  readonly summary: Readonly<Record<CheckStatus, number>>;
  readonly checks: readonly CheckResult[];
}

export function summarize(checks: readonly CheckResult[]): DoctorReport['summary'] {
  const summary = { ok: 0, warning: 0, problem: 0, skipped: 0 };
  for (const { status } of checks) summary[status] += 1;
  return summary;
}
