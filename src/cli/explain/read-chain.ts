import type { WorkflowService } from '@temporalio/client';
import { isNotFoundError } from '../cli-error';
import { describeRun, type RunDescription } from './describe-run';
import { foldHistory } from './fold-history';
import { plural } from './format';
import { readHistory } from './read-history';
import type { RunStory } from './run-story';

/** Runs of one continue-as-new chain that are read at most. */
const MAX_RUNS = 20;

export interface ChainRun {
  readonly description: RunDescription;
  readonly story: RunStory;
}

export interface Chain {
  /** The run that was asked for. */
  readonly focus: ChainRun;
  /** Oldest first, the focus among them. */
  readonly runs: readonly ChainRun[];
  /** What was not read, and why. */
  readonly notes: readonly string[];
}

export interface ChainRequest {
  readonly namespace: string;
  readonly workflowId: string;
  /** The latest run when left out. */
  readonly runId?: string;
  /** Most events to read, over all runs. */
  readonly limit: number;
}

/**
 * Reads a run and the runs before and after it in its chain, as far as the limits allow. The run that was asked for
 * comes first, then what followed it, then what was before.
 *
 * @throws the service's error when the run that was asked for does not exist
 */
export async function readChain(service: WorkflowService, request: ChainRequest): Promise<Chain> {
  const reader = new ChainReader(service, request);
  const focus = await reader.read(request.runId);
  const newer = await reader.follow(focus, ({ story }) => story.nextRunId, 'after');
  const older = await reader.follow(focus, ({ story }) => story.previousRunId, 'before');
  return { focus, runs: [...older.reverse(), focus, ...newer], notes: reader.notes };
}

class ChainReader {
  readonly notes: string[] = [];
  private runs = 0;
  private eventsLeft: number;

  constructor(
    private readonly service: WorkflowService,
    private readonly request: ChainRequest,
  ) {
    this.eventsLeft = request.limit;
  }

  async read(runId: string | undefined): Promise<ChainRun> {
    const { namespace, workflowId } = this.request;
    const description = await describeRun(this.service, namespace, workflowId, runId);
    const events = await readHistory(this.service, {
      namespace,
      workflowId,
      runId: description.runId,
      totalEvents: description.events,
      limit: this.eventsLeft,
    });
    this.eventsLeft -= events.length;
    this.runs++;
    if (events.length < description.events) {
      this.notes.push(
        `Of run ${description.runId} only the newest ${events.length} of ${plural(description.events, 'event')} were read; raise --limit to read more.`,
      );
    }
    return { description, story: foldHistory(description.runId, events) };
  }

  async follow(
    from: ChainRun,
    next: (run: ChainRun) => string | undefined,
    side: 'before' | 'after',
  ): Promise<ChainRun[]> {
    const found: ChainRun[] = [];
    for (let runId = next(from); runId !== undefined; ) {
      if (this.runs >= MAX_RUNS || this.eventsLeft <= 0) {
        const limit = this.eventsLeft <= 0 ? 'raise --limit to read more' : `at most ${MAX_RUNS} runs are read`;
        this.notes.push(`Run ${runId} and those ${side} it were not read: ${limit}, or ask for it with --run-id.`);
        break;
      }
      try {
        const run = await this.read(runId);
        found.push(run);
        runId = next(run);
      } catch (error) {
        if (!isNotFoundError(error)) throw error;
        this.notes.push(`Run ${runId} and those ${side} it are gone: past the namespace's retention.`);
        break;
      }
    }
    return found;
  }
}
