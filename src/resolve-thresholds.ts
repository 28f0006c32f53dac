import { fail, integer, known, number, object } from './definitions/option-checks';
import { DEFAULT_THRESHOLDS, type PerTaskType, type ThresholdName, type Thresholds } from './definitions/thresholds';

const share = (name: string, value: unknown) => number(name, value, { above: 0, max: 1 });
const positive = (name: string, value: unknown) => number(name, value, { above: 0 });
const whole = (name: string, value: unknown) => integer(name, value, { min: 1 });

/** A number of at least 1, or `Infinity` for none. */
function cap(name: string, value: unknown): number {
  return number(name, value, { min: 1 });
}

function capPerTaskType(name: string, value: unknown): PerTaskType<number> {
  if (typeof value === 'number') return cap(name, value);
  const caps = Object.entries(object(name, value, 'a number, or numbers by task type'));
  return Object.freeze(
    Object.fromEntries(caps.map(([key, item]) => [key, cap(`${name}[${JSON.stringify(key)}]`, item)])),
  );
}

const CHECKS: { readonly [K in ThresholdName]: (name: string, value: unknown) => Thresholds[K] } = {
  iterationCap: capPerTaskType,
  tokenBudget: capPerTaskType,
  heartbeatAboveMs: positive,
  heartbeatSilentShare: share,
  cancelIgnoredMs: positive,
  historySizeLimitBytes: whole,
  historyEventsLimit: whole,
  payloadWarningBytes: whole,
  payloadLimitBytes: whole,
  historyWarningShare: share,
  historyCriticalShare: share,
  continueAsNewIgnoredTasks: whole,
  conversationCallsLeft: whole,
  modelRequestsPerAttempt: whole,
  toolOutputBytes: whole,
};

/** @throws TypeError or RangeError that names the threshold, what was expected and what came */
export function resolveThresholds(name: string, value: unknown): Thresholds {
  const given = object(name, value, 'an object of numbers');
  known(name, given, Object.keys(CHECKS));
  const checked = Object.entries(given).flatMap(([key, item]) =>
    item === undefined ? [] : [[key, CHECKS[key as ThresholdName](`${name}.${key}`, item)]],
  );
  const thresholds: Thresholds = Object.freeze({ ...DEFAULT_THRESHOLDS, ...Object.fromEntries(checked) });
  inOrder(name, thresholds, 'historyWarningShare', 'historyCriticalShare');
  inOrder(name, thresholds, 'payloadWarningBytes', 'payloadLimitBytes');
  return thresholds;
}

function inOrder(name: string, thresholds: Thresholds, lower: ThresholdName, upper: ThresholdName): void {
  if (thresholds[upper] >= thresholds[lower]) return;
  throw fail(`${name}.${upper}`, `at least ${lower} (${thresholds[lower]})`, thresholds[upper]);
}
