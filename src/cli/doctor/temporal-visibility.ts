/**
 * Whether what the exporter asks is allowed, and whether there is anything to see.
 *
 * @module
 */

import type { SearchAttributeStatus } from '../../client/search-attribute-registry';
import { RUNNING } from '../../client/visibility-query';
import { REQUIRED_SEARCH_ATTRIBUTE } from '../../definitions/search-attributes';
import { isNotFoundError, isPermissionError } from '../cli-error';
import { plural } from '../explain/format';
import type { Part } from './part';
import { refusal, type TemporalTarget } from './temporal-target';

const GRANT = 'Give the credentials of the exporter and of the commands the right to read the namespace.';

/** @param attributes `undefined` when they could not be listed */
export async function checkVisibility(
  part: Part,
  target: TemporalTarget,
  attributes: SearchAttributeStatus | undefined,
): Promise<void> {
  const { workflowService } = target.connection;
  const { namespace } = target.flags;
  const newest = { workflowId: 'temporal-agent-observability-doctor', runId: '' };
  await permitted(part, 'list', target, async () => {
    const { executions } = await target.ask(() =>
      workflowService.listWorkflowExecutions({ namespace, pageSize: 1, query: '' }),
    );
    const { workflowId, runId } = executions?.[0]?.execution ?? {};
    if (workflowId && runId) Object.assign(newest, { workflowId, runId });
  });
  await permitted(part, 'describe', target, async () => {
    await target.ask(() => workflowService.describeWorkflowExecution({ namespace, execution: newest }));
  });
  await permitted(part, 'count', target, async () => {
    const runs = await count(target, '');
    // A query by an attribute that is not there is refused.
    const canAsk = attributes?.ready.includes(REQUIRED_SEARCH_ATTRIBUTE) ?? true;
    if (!canAsk) {
      part.skipped('agents', `agents cannot be told from other runs without ${REQUIRED_SEARCH_ATTRIBUTE}`);
      return;
    }
    const agents = await count(target, `${REQUIRED_SEARCH_ATTRIBUTE} IS NOT NULL`);
    const running = await count(target, `${RUNNING} AND ${REQUIRED_SEARCH_ATTRIBUTE} IS NOT NULL`);
    if (agents > 0) {
      part.ok('agents', `${plural(agents, 'run is an agent', 'runs are agents')}, ${running} of them running`);
    } else if (runs > 0) {
      part.warning(
        'agents',
        `none of ${plural(runs, 'run')} carries ${REQUIRED_SEARCH_ATTRIBUTE}: no agent is seen`,
        'Give the worker the plugin; runs that began before it, or before `setup`, stay without.',
      );
    } else {
      part.warning('agents', 'no run was started here yet', 'Start an agent, or choose its namespace: --namespace.');
    }
  });
}

/** What was asked for is not there is an answer too. */
async function permitted(part: Part, what: string, target: TemporalTarget, request: () => Promise<void>) {
  const check = `permission-to-${what}`;
  try {
    await request();
  } catch (error) {
    if (isPermissionError(error)) {
      part.problem(check, `not permitted to ${what} runs: ${(error as Error).message}`, GRANT);
      return;
    }
    if (!isNotFoundError(error)) {
      const { message, fix } = refusal(error, target);
      part.problem(check, `cannot ${what} runs: ${message}`, fix);
      return;
    }
  }
  part.ok(check, `may ${what} runs`);
}

async function count({ connection, flags, ask }: TemporalTarget, query: string): Promise<number> {
  const { namespace } = flags;
  const response = await ask(() => connection.workflowService.countWorkflowExecutions({ namespace, query }));
  return Number(response.count);
}
