import { definitionOf, type FindingId } from '../../definitions/findings';
import { plural } from '../explain/format';
import type { OpenRun, OpenRunsOfType } from './open-runs';
import type { Outcome } from './outcome';

/** What can be said about one workflow type; the worst of its runs decides. */
export type Verdict = 'compatible' | 'diverges' | 'fails' | 'not defined' | 'unchecked';

export interface TypeReport {
  readonly workflowType: string;
  readonly verdict: Verdict;
  /** Open runs that were listed; there are more with `openIsMinimum`. */
  readonly open: number;
  readonly openIsMinimum: boolean;
  /** Runs that were replayed or have nothing to replay yet. */
  readonly checked: number;
  readonly compatible: number;
  readonly diverging: number;
  readonly failing: number;
  /** Runs about which nothing can be said. */
  readonly unchecked: number;
  /** Where code and history part, of the first run that shows it. */
  readonly first?: string;
}

/** A run that the code cannot go on with. */
export interface ReplayFinding {
  readonly finding: FindingId;
  readonly severity: string;
  readonly workflowType: string;
  /** None for a workflow type that the code does not define. */
  readonly workflowId?: string;
  readonly runId?: string;
  readonly message: string;
  /** What the code threw, with secrets redacted; it can carry content. */
  readonly error?: string;
  readonly advice: string;
  readonly evidence: Readonly<Record<string, string | number>>;
}

/** What `replay-check --json` prints. */
export interface ReplayReport {
  readonly namespace: string;
  /** Whether every run that was looked at is compatible. */
  readonly compatible: boolean;
  readonly workflowTypes: readonly TypeReport[];
  readonly findings: readonly ReplayFinding[];
  readonly unchecked: readonly (OpenRun & { readonly workflowType: string; readonly reason: string })[];
  /** Types with open runs that are taken to belong to other code. */
  readonly elsewhere: readonly string[];
}

const ID = 'replay-incompatible' satisfies FindingId;

export interface CheckedRun {
  readonly run: OpenRun;
  readonly outcome: Outcome;
}

export function reportOf(
  namespace: string,
  types: readonly OpenRunsOfType[],
  checked: ReadonlyMap<string, readonly CheckedRun[]>,
  elsewhere: readonly string[],
): ReplayReport {
  const workflowTypes = types.map((type) => reportOfType(type, checked.get(type.workflowType) ?? []));
  const findings = types.flatMap((type): ReplayFinding[] => {
    const { workflowType } = type;
    if (!type.defined) return [notDefined(type)];
    return (checked.get(workflowType) ?? []).flatMap(({ run, outcome }) => findingOf(workflowType, run, outcome) ?? []);
  });
  const unchecked = types.flatMap(({ workflowType }) =>
    (checked.get(workflowType) ?? []).flatMap(({ run: { workflowId, runId }, outcome }) =>
      outcome.kind === 'unchecked' ? [{ workflowType, workflowId, runId, reason: outcome.words }] : [],
    ),
  );
  const compatible = workflowTypes.every(({ verdict }) => verdict === 'compatible');
  return { namespace, compatible, workflowTypes, findings, unchecked, elsewhere };
}

function reportOfType(
  { workflowType, defined, runs, more }: OpenRunsOfType,
  checked: readonly CheckedRun[],
): TypeReport {
  const count = (kind: Outcome['kind']) => checked.filter(({ outcome }) => outcome.kind === kind).length;
  const [diverging, failing, unchecked] = [count('diverges'), count('fails'), count('unchecked')];
  const worst = diverging > 0 ? 'diverges' : failing > 0 ? 'fails' : unchecked > 0 ? 'unchecked' : 'compatible';
  const verdict = defined ? worst : 'not defined';
  const first = checked.find(({ outcome }) => outcome.kind === verdict && outcome.kind !== 'compatible')?.outcome;
  return {
    workflowType,
    verdict,
    open: runs.length,
    openIsMinimum: more,
    checked: checked.length - unchecked,
    compatible: count('compatible'),
    diverging,
    failing,
    unchecked,
    ...(first !== undefined && { first: wordsOf(first) }),
  };
}

function wordsOf(outcome: Outcome): string {
  if (outcome.kind === 'compatible') return '';
  return outcome.kind === 'diverges' ? outcome.divergence.words : outcome.words;
}

function findingOf(workflowType: string, { workflowId, runId }: OpenRun, outcome: Outcome): ReplayFinding | undefined {
  if (outcome.kind !== 'diverges' && outcome.kind !== 'fails') return undefined;
  const message = `an open run of workflow ${workflowType} cannot be replayed by this code: ${wordsOf(outcome)}`;
  const run = { workflowId, runId };
  if (outcome.kind === 'fails') return { ...finding(workflowType, message, {}), ...run, error: outcome.error };
  const { words: _, ...evidence } = outcome.divergence;
  return { ...finding(workflowType, message, evidence), ...run };
}

function notDefined({ workflowType, runs, more }: OpenRunsOfType): ReplayFinding {
  const open = `${runs.length === 1 ? 'is' : 'are'} ${plural(runs.length, 'open run')}${more ? ' or more' : ''}`;
  return finding(workflowType, `this code has no workflow ${workflowType}, of which there ${open}`, {
    openRuns: runs.length,
  });
}

function finding(workflowType: string, message: string, evidence: ReplayFinding['evidence']): ReplayFinding {
  const { severity, advice } = definitionOf(ID);
  return { finding: ID, severity, workflowType, message, advice, evidence };
}
