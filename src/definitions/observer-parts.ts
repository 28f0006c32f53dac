/**
 * Parts of the observer, as they appear in the label `part` of `temporal_agent_observer_errors_total`.
 *
 * @module
 */

export const OBSERVER_PARTS = [
  'plugin',
  'gate',
  'workflow',
  'client',
  'activity',
  'detector',
  'reader',
  'tokens',
  'pricing',
  'redact',
  'content',
  'journal',
  'metrics',
  'tracing',
  'search_attributes',
  'exporter',
] as const;

export type ObserverPart = (typeof OBSERVER_PARTS)[number];

/** Takes an error of ours: counts it and logs it once per cause. Never throws. */
export type ReportError = (part: ObserverPart, error: unknown) => void;
