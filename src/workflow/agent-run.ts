/**
 * One workflow run as the observer sees it: its agent's state and the writer of its search attributes.
 *
 * @module
 */

import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';
import type { AgentHeader } from '../definitions/agent-header';
import { SEARCH_ATTRIBUTE_PATCH, SINK_NAME } from '../definitions/wire';
import { AgentState } from './agent-state';
import { bundleConfig } from './bundle-config';
import { requiredPair, searchAttributePairs } from './search-attribute-values';
import { SearchAttributeWriter } from './search-attribute-writer';
import { agentSinks } from './sinks';

export class AgentRun {
  readonly writer = new SearchAttributeWriter(() => this.write());
  state: AgentState;

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

  private stateFrom(header: AgentHeader): AgentState {
    const { workflowType, startTime } = workflowInfo();
    const taskType = Object.hasOwn(bundleConfig.taskTypes, workflowType)
      ? bundleConfig.taskTypes[workflowType]
      : undefined;
    return new AgentState(header, { taskType: taskType ?? workflowType, startedAt: startTime.getTime() });
  }

  private write(): void {
    let pairs = [requiredPair(workflowInfo().workflowType)];
    observe(() => {
      pairs = [requiredPair(this.state.currentTaskType)];
      pairs = searchAttributePairs(this.state, bundleConfig);
    });
    observe(() => upsertSearchAttributes(pairs));
  }
}

/** Runs observing code; whatever goes wrong in it stays there and is reported. */
export function observe(action: () => void): void {
  try {
    action();
  } catch (error) {
    reportInternalError(error);
  }
}

function reportInternalError(error: unknown): void {
  try {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    agentSinks[SINK_NAME].internalError(message.slice(0, 500));
  } catch {
    // There is nobody left to tell.
  }
}

// Keyed by activator and not by module, since a preloaded module is shared by every workflow of a reused context.
const runs = new WeakMap<object, AgentRun>();

/** Makes `run` the one that the API for workflows finds. */
export function registerRun(run: AgentRun): void {
  const activator = maybeGetActivator();
  if (activator !== undefined) runs.set(activator, run);
}

/** The run that is executing; `undefined` when the plugin's interceptors are not part of the bundle. */
export function currentRun(): AgentRun | undefined {
  const activator = maybeGetActivator();
  return activator === undefined ? undefined : runs.get(activator);
}
