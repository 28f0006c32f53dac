/**
 * One workflow run as the observer sees it: its agent's state and the writer of its search attributes.
 *
 * @module
 */

import type { SearchAttributePair, SearchAttributeUpdatePair } from '@temporalio/common';
import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { AgentHeader, AgentIdentity } from '../definitions/agent-header';
import { SEARCH_ATTRIBUTE_PATCH } from '../definitions/wire';
import { AgentState } from './agent-state';
import { bundleConfig } from './bundle-config';
import type { NamedRun } from './current-run';
import { observe, reportInternalError } from './observe';
import { requiredPair, searchAttributePairs } from './search-attribute-values';
import { SearchAttributeWriter } from './search-attribute-writer';

export class AgentRun implements NamedRun {
  readonly writer = new SearchAttributeWriter(() => this.write());
  state: AgentState;
  private written = new Map<string, SearchAttributePair['key']>();

  constructor() {
    this.state = this.stateFrom({});
  }

  /** The run's function is about to be called. Decides, once and for the life of the run, whether it writes. */
  start(header: AgentHeader): void {
    observe(() => {
      this.state = this.stateFrom(header);
    });
    let on = false;
    try {
      on = patched(SEARCH_ATTRIBUTE_PATCH);
    } catch (error) {
      reportInternalError(error);
    }
    this.writer.start(on);
  }

  nameTask(identity: AgentIdentity): void {
    this.state.nameTask(identity);
  }

  private stateFrom(header: AgentHeader): AgentState {
    const { workflowType, startTime } = workflowInfo();
    const taskType = Object.hasOwn(bundleConfig.taskTypes, workflowType)
      ? bundleConfig.taskTypes[workflowType]
      : undefined;
    return new AgentState(header, { taskType: taskType ?? workflowType, startedAt: startTime.getTime() });
  }

  private write(): void {
    let pairs: SearchAttributeUpdatePair[] = [requiredPair(workflowInfo().workflowType)];
    observe(() => {
      pairs = [requiredPair(this.state.currentTaskType)];
      const known = searchAttributePairs(this.state, bundleConfig);
      pairs = [...known, ...this.removals(known)];
    });
    observe(() => upsertSearchAttributes(pairs));
  }

  /** What was written and is not known any more: a tool that turned out to be a model call. */
  private removals(known: readonly SearchAttributePair[]): SearchAttributeUpdatePair[] {
    const names = new Set(known.map(({ key }) => key.name));
    const removals = [...this.written.values()]
      .filter((key) => !names.has(key.name))
      .map((key) => ({ key, value: null }) as SearchAttributeUpdatePair);
    this.written = new Map(known.map(({ key }) => [key.name, key]));
    return removals;
  }
}
