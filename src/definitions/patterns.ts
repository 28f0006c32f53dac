/** The eleven production failure patterns; the numbers are used by findings, alerts, dashboards and docs. */
export const PATTERNS = {
  1: 'model call in workflow code',
  2: 'missing heartbeats',
  3: 'loops without limits, history exhaustion',
  4: 'wrong retry logic',
  5: 'children outliving their parent',
  6: 'human approval without timeout',
  7: 'versioning breakage',
  8: 'observability gaps',
  9: 'payload limits',
  10: 'whole agent loop in one activity',
  11: 'tool-output transformation by unregistered name',
} as const;

export type PatternNumber = keyof typeof PATTERNS;
