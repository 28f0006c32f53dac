import type { Client, WorkflowHandle } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type {
  AgentObservabilityOptions,
  AgentObservabilityPlugin,
  FindingId,
  PATTERNS,
  Severity,
} from 'temporal-agent-observability';
import type { ModelSettings } from './models';

export const VARIANTS = ['broken', 'fixed'] as const;
export type Variant = (typeof VARIANTS)[number];

/** One way to write the agent. */
export interface ExampleAgent {
  /** What is bundled for the worker. */
  readonly workflowsPath: string;
  /** Builds the bundle beforehand, instead of letting the worker do it. */
  readonly bundle?: (plugin: AgentObservabilityPlugin) => Promise<WorkflowBundleWithSourceMap>;
  /** Workflow code of the worker that begins the run; {@link workflowsPath} is then deployed in its place. */
  readonly deployedBefore?: string;
  readonly activities: (models: ModelSettings) => object;
  /** Data converter of client and worker, for an example whose payloads go elsewhere. */
  readonly dataConverter?: (directory: string) => DataConverter;
  /** The run does not end by itself. */
  readonly endless?: true;
  /** All that is found, and nothing else is. */
  readonly findings: readonly (readonly [id: FindingId, severity: Severity])[];
}

/** A failure pattern, as an agent that shows it and the same agent without it. */
export interface PatternExample {
  readonly pattern: keyof typeof PATTERNS;
  readonly directory: string;
  /** What goes wrong with the broken agent, in one sentence. */
  readonly breaks: string;
  /** What the fixed agent does instead. */
  readonly cure: string;
  readonly workflowType: string;
  readonly args: readonly unknown[];
  /** Figures at which seconds are enough to find what takes hours in production. */
  readonly thresholds?: NonNullable<AgentObservabilityOptions['thresholds']>;
  /** What happens outside of the agent while it runs: somebody answers. */
  readonly meanwhile?: (handle: WorkflowHandle, client: Client) => Promise<void>;
  readonly broken: ExampleAgent;
  readonly fixed: ExampleAgent;
}
