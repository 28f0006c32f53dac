/**
 * One workflow run as the observer sees it: its agent's state and the writer of its search attributes.
 *
 * @module
 */

import type { SearchAttributePair, SearchAttributeUpdatePair } from '@temporalio/common';
import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { AgentHeader, AgentIdentity } from '../definitions/agent-header';
import type { ApprovalEndedState } from '../definitions/approvals';
import { defined } from '../definitions/defined';
import type { Detection } from '../definitions/finding';
import { REPORTED_APPROVAL_PATCH, SEARCH_ATTRIBUTE_PATCH, SINK_NAME } from '../definitions/wire';
import { AgentState } from './agent-state';
import { bundleConfig } from './bundle-config';
import type { NamedRun } from './current-run';
import { workflowDetectors } from './detectors';
import type { WatchedRun, WorkflowDetector } from './detectors/workflow-detector';
import { observe, reportInternalError } from './observe';
import { type ApprovalAttributes, currentApprovals, openApprovals } from './run-approvals';
import { approvalPairs, requiredPair, searchAttributePairs } from './search-attribute-values';
import { SearchAttributeWriter } from './search-attribute-writer';
import { agentSinks } from './sinks';
import { transformNames } from './transform-registry';

type DetectorEvent = keyof WorkflowDetector;

interface Written {
  readonly pair: SearchAttributeUpdatePair;
  /** As it stands on the server. What is written at replay may have been another value, by other code or other options. */
  readonly sure: boolean;
}

/** Findings remembered as told while the run stays in the cache. */
const MAX_TOLD = 256;

export class AgentRun implements NamedRun, WatchedRun {
  readonly writer = new SearchAttributeWriter(() => this.write());
  state: AgentState;
  carriedApprovals: object | undefined;
  readonly thresholds = bundleConfig.thresholds;
  private detectors: readonly WorkflowDetector[] = [];
  private readonly listening: Partial<Record<DetectorEvent, readonly WorkflowDetector[]>> = {};
  private readonly told = new Set<string>();
  private written = new Map<string, Written>();

  constructor() {
    this.state = this.stateFrom({});
    observe(() => {
      this.detectors = workflowDetectors(this);
    });
  }

  /** The run's function is about to be called. Decides, once and for the life of the run, whether it writes. */
  start(header: AgentHeader): void {
    observe(() => {
      this.state = this.stateFrom(header);
    });
    this.carriedApprovals = header.approvals;
    observe(() => {
      const names = transformNames();
      if (names.length > 0) agentSinks[SINK_NAME].transformsDefined(names);
    });
    let on = false;
    try {
      on = patched(SEARCH_ATTRIBUTE_PATCH);
    } catch (error) {
      reportInternalError(error);
    }
    this.writer.start(on);
    // After the patch: a decision that waits for its handler is written at once.
    observe(() => this.carriedApprovals && openApprovals(this.carriedApprovals));
  }

  nameTask(identity: AgentIdentity): void {
    this.state.nameTask(identity);
  }

  allow(finding: string): void {
    this.state.allow(finding);
  }

  found(detection: Detection): void {
    // The worker would drop what is told at replay and what it was told before, at the price of copying it first.
    if (workflowInfo().unsafe.isReplaying || this.state.allows(detection.id)) return;
    const key = `${detection.id} ${detection.cause}`;
    if (this.told.has(key)) return;
    if (this.told.size < MAX_TOLD) this.told.add(key);
    observe(() => agentSinks[SINK_NAME].finding({ ...detection, taskType: this.state.currentTaskType }));
  }

  approvalChanged(): void {
    this.writer.approvalChanged();
  }

  reportedApprovalChanged(): void {
    if (!this.writer.writes) return;
    let on = false;
    try {
      on = patched(REPORTED_APPROVAL_PATCH);
    } catch (error) {
      reportInternalError(error);
    }
    if (on) this.writer.approvalChanged();
  }

  approvalRequested(): void {
    observe(() => agentSinks[SINK_NAME].approvalRequested({ taskType: this.state.currentTaskType }));
  }

  approvalEnded(outcome: ApprovalEndedState, seconds: number): void {
    observe(() => agentSinks[SINK_NAME].approvalEnded({ taskType: this.state.currentTaskType, outcome, seconds }));
  }

  /** For the next run of this task: everything. */
  continueHeader(): AgentHeader {
    const approvals = currentApprovals();
    // What this code has not opened travels on as it came, for code that does.
    const carried = approvals === undefined ? this.carriedApprovals : approvals.carried();
    return { ...this.state.continueHeader(), ...defined({ approvals: carried }) };
  }

  /** Tells the detectors that listen; what one throws is counted, and the others go on. */
  tell<E extends DetectorEvent>(event: E, ...args: Parameters<Required<WorkflowDetector>[E]>): void {
    for (const detector of this.listeners(event)) {
      try {
        (detector[event] as (...args: unknown[]) => void).apply(detector, args);
      } catch (error) {
        reportInternalError(error);
      }
    }
  }

  /** Most events interest few detectors, and every activity brings about half a dozen. */
  private listeners(event: DetectorEvent): readonly WorkflowDetector[] {
    let listeners = this.listening[event];
    if (listeners === undefined) {
      listeners = this.detectors.filter((detector) => detector[event] !== undefined);
      this.listening[event] = listeners;
    }
    return listeners;
  }

  private stateFrom(header: AgentHeader): AgentState {
    const { workflowType, startTime, runStartTime, cronSchedule } = workflowInfo();
    const taskType = Object.hasOwn(bundleConfig.taskTypes, workflowType)
      ? bundleConfig.taskTypes[workflowType]
      : undefined;
    // What a cron schedule starts waits for its turn from then on.
    const began = cronSchedule === undefined ? startTime : runStartTime;
    // A start delay can be ended before its time, and the client's clock may be ahead of the server's.
    const startedAt = Math.min(header.startedAt ?? began.getTime(), runStartTime.getTime());
    return new AgentState({ ...header, startedAt }, taskType ?? workflowType);
  }

  private write(): void {
    let pairs: SearchAttributeUpdatePair[] = [requiredPair(workflowInfo().workflowType)];
    observe(() => {
      pairs = [requiredPair(this.state.currentTaskType)];
      pairs = this.changes(
        searchAttributePairs(this.state, bundleConfig),
        approvalPairs(this.approvalAttributes(), bundleConfig),
      );
    });
    observe(() => upsertSearchAttributes(pairs));
  }

  private approvalAttributes(): ApprovalAttributes | undefined {
    const approvals = currentApprovals();
    if (approvals !== undefined) return approvals.attributes();
    // Nobody can decide what is not opened, and the run before has written that it is due.
    return this.carriedApprovals === undefined ? undefined : { state: undefined, dueAtMs: undefined };
  }

  /** The required attribute, and what is not known to be as this run wrote it last: less history, and less to replay. */
  private changes(
    [required, ...optional]: [SearchAttributePair, ...SearchAttributePair[]],
    approvals: readonly SearchAttributeUpdatePair[],
  ): SearchAttributeUpdatePair[] {
    const pairs = [...optional, ...approvals];
    const names = new Set(pairs.map(({ key }) => key.name));
    // A tool that turned out to be a model call is known no more.
    const removed = [...this.written.values()].filter(({ pair }) => pair.value !== null && !names.has(pair.key.name));
    const removals = removed.map(({ pair }) => ({ key: pair.key, value: null }) as SearchAttributeUpdatePair);
    const changed = [...pairs, ...removals].filter(({ key, value }) => {
      const written = this.written.get(key.name);
      return !written?.sure || written.pair.value?.valueOf() !== value?.valueOf();
    });
    const sure = !workflowInfo().unsafe.isReplaying;
    this.written = new Map(pairs.map((pair) => [pair.key.name, { pair, sure }]));
    return [required, ...changed];
  }
}
