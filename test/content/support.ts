import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { ActivityObservation, AgentCorrelation } from '#lib/activity/observation';
import type { RecorderSinks } from '#lib/content/recorder-sinks';

export type ObservationFields = Partial<Omit<ActivityObservation, 'correlation'>> & {
  correlation?: Partial<AgentCorrelation>;
};

/** One finished model call, or what a test makes of it. */
export function observation({ correlation, ...rest }: ObservationFields = {}): ActivityObservation {
  return {
    correlation: {
      namespace: 'default',
      workflowId: 'research-1',
      runId: '0190f5fe-0000-7000-8000-000000000001',
      workflowType: 'researchAgent',
      taskQueue: 'agents',
      activityId: '1',
      activityType: 'callModel',
      attempt: 1,
      isLocal: false,
      taskType: 'research',
      ...correlation,
    },
    kind: 'llm',
    startedAtMs: Date.now(),
    durationMs: 12.5,
    outcome: 'ok',
    input: [{ messages: [{ role: 'user', content: 'What is the capital of France?' }] }],
    output: { answer: 'Paris' },
    ...rest,
  };
}

export interface CountingSinks extends RecorderSinks {
  readonly errors: { part: string; message: string }[];
  readonly counts: { written: number; failed: number; dropped: number };
  readonly spool: Map<string, number>;
}

export function countingSinks(): CountingSinks {
  const errors: CountingSinks['errors'] = [];
  const counts = { written: 0, failed: 0, dropped: 0 };
  const spool = new Map<string, number>();
  return {
    errors,
    counts,
    spool,
    report: (part, error) => errors.push({ part, message: String(error) }),
    written: () => counts.written++,
    failed: () => counts.failed++,
    dropped: () => counts.dropped++,
    spoolBytes: (namespace, bytes) => spool.set(namespace, bytes),
  };
}

export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'agent-content-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Every file below a directory. */
export function filesBelow(directory: string): string[] {
  return fs
    .readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Everything below a directory, names included. */
export function everythingBelow(directory: string): string {
  return filesBelow(directory)
    .map((file) => `${file}\n${fs.readFileSync(file, 'latin1')}`)
    .join('\n');
}

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
