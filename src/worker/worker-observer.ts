/**
 * Everything that watches the activities of one worker, wired together: metrics, spans, records, findings, token
 * estimates. They do not know each other; each receives the same observation.
 *
 * @module
 */

import type { ExternalStorage, Logger } from '@temporalio/common';
import type { AttemptObserver, AttemptStart, AttemptTrace } from '../activity/attempt-observer';
import type { JsonMeasure } from '../activity/observation';
import { watchOutboundRequests } from '../activity/outbound-requests';
import { measureJson } from '../content/measure-json';
import type { Detected, Finding } from '../definitions/finding';
import { onProcessFinding, type ProcessFinding } from '../definitions/finding-listeners';
import { SHUTDOWN_FLUSH_MS } from '../definitions/limits';
import type { Thresholds } from '../definitions/thresholds';
import { costUsd, preloadPricing } from '../llm/pricing';
import type { LlmCall } from '../llm/types';
import { observeActivity, recordGenAiMetrics } from '../metrics';
import { ErrorReporter } from '../reporting/error-reporter';
import { type FindingOutlets, FindingReporter } from '../reporting/finding-reporter';
import { PACKAGE_VERSION, SDK_VERSION } from '../reporting/versions';
import type { ResolvedOptions } from '../resolve-options';
import { type ActivitySpan, addFindingEvent, startActivitySpan, traceIdsOf } from '../tracing';
import { ObservedTrace, type Watch } from './attempt-trace';
import { CallGaps } from './call-gaps';
import { guardedLogger } from './logger';
import { Outlets } from './outlets';
import { findPayload, inlineBytes } from './payload-findings';
import { TransformReporter } from './transform-reporter';

/** Findings that wait for metrics or records. */
const MAX_WAITING = 100;

export class WorkerObserver implements AttemptObserver {
  readonly taskTypes: Readonly<Record<string, string>>;
  readonly thresholds: Thresholds;
  /** Never throws. */
  readonly logger: Logger;
  /** Of the worker's data converter: takes large payloads out of Temporal's way. */
  externalStorage: ExternalStorage | undefined;
  private readonly errors: ErrorReporter;
  private readonly findings: FindingReporter;
  readonly transforms = new TransformReporter(this);
  private outlets: Outlets | undefined;
  private wasStarted = false;
  private unlisten: (() => void) | undefined;
  private unwatchRequests: (() => void) | undefined;
  /** Findings from before the metrics are there. */
  private readonly uncounted: Finding[] = [];
  /** Findings from before the records are there. */
  private readonly unrecorded: Finding[] = [];
  /** By task queue; kept because the answer may come before the metrics do. */
  private readonly searchAttributes = new Map<string, boolean>();
  private readonly gaps: CallGaps;
  /**
   * The latest of what each attempt makes, content left out. V8 throws away all code that it has optimised for a kind of
   * objects when a full collection finds none of them alive: without these, observing costs twice as much for a while after
   * each.
   */
  private readonly kept: { trace?: AttemptTrace; call?: LlmCall } = {};

  constructor(
    readonly namespace: string,
    private readonly options: ResolvedOptions,
    logger: Logger,
  ) {
    this.taskTypes = options.taskTypes;
    this.thresholds = options.thresholds;
    this.errors = new ErrorReporter(logger);
    this.logger = guardedLogger(logger, (error) => this.report('plugin', error));
    const outlets: FindingOutlets = {
      logger: this.logger,
      count: (finding) => this.count(finding),
      record: (finding) => this.record(finding),
    };
    this.findings = new FindingReporter(outlets, options.findings);
    this.gaps = new CallGaps(options.estimateTokens, () => this.metrics, this.report);
  }

  readonly report = (...args: Parameters<ErrorReporter['report']>): void => this.errors.report(...args);

  get metrics() {
    return this.outlets?.metricsFor(this.namespace);
  }

  /** Whether {@link start} was called. */
  get started(): boolean {
    return this.wasStarted;
  }

  /** Opens metrics and records, once. */
  start(): void {
    if (this.wasStarted) return;
    this.wasStarted = true;
    if (this.options.mode === 'off') return;
    this.unlisten = onProcessFinding((finding) => this.takeProcessFinding(finding));
    try {
      this.unwatchRequests = watchOutboundRequests();
      const outlets = new Outlets(this.options, this.logger, this.report);
      this.outlets = outlets;
      this.errors.countWith((part) => outlets.countError(this.namespace, part));
      this.announce();
      preloadPricing();
    } catch (error) {
      this.report('plugin', error);
    }
  }

  /** Waits for what is under way, for a bounded time, and lets go. Never rejects. */
  async stop(): Promise<void> {
    this.unlisten?.();
    this.unwatchRequests?.();
    const { outlets } = this;
    if (outlets === undefined) return;
    this.transforms.stop();
    this.outlets = undefined;
    await Promise.race([this.gaps.settled(), unrefDelay(SHUTDOWN_FLUSH_MS)]);
    try {
      await outlets.close(SHUTDOWN_FLUSH_MS);
    } catch (error) {
      this.report('plugin', error);
    }
  }

  /** Whether new runs on this task queue may write search attributes. */
  searchAttributesEnabled(taskQueue: string, enabled: boolean): void {
    this.searchAttributes.set(taskQueue, enabled);
    this.metrics?.set('searchAttributesEnabled', { task_queue: taskQueue }, Number(enabled));
  }

  /** Reports what a detector found. Never throws. */
  found(detected: Detected, span?: ActivitySpan): void {
    try {
      const finding = this.findings.report(detected);
      if (finding !== undefined && span !== undefined) addFindingEvent(span, finding);
    } catch (error) {
      this.report('detector', error);
    }
  }

  begin(start: AttemptStart): AttemptTrace {
    const { correlation, expected: kind, tool, requestModel, startedAtMs } = start;
    const span = startActivitySpan(correlation, { kind, tool, requestModel, startedAtMs }, this.report);
    const trace = new ObservedTrace(start, span, this);
    this.kept.trace = trace;
    return trace;
  }

  measure(value: unknown): JsonMeasure | undefined {
    return measureJson(value);
  }

  cost(call: LlmCall): number | undefined {
    try {
      const cost = costUsd(call);
      return 'usd' in cost ? cost.usd : undefined;
    } catch (error) {
      this.report('pricing', error);
      return undefined;
    }
  }

  readonly watch: Watch = (observation, span, trace) => {
    const { call, input, inputBytes, output, outputBytes } = observation;
    try {
      const { metrics } = this;
      if (metrics !== undefined) observeActivity(metrics, observation);
      recordGenAiMetrics(observation, this.report);
      const { externalStorage, thresholds } = this;
      findPayload('activity_input', observation, inlineBytes(input, inputBytes, externalStorage), thresholds, trace);
      findPayload(
        'activity_result',
        observation,
        inlineBytes([output], outputBytes, externalStorage),
        thresholds,
        trace,
      );
      if (call !== undefined) {
        this.kept.call = call;
        this.gaps.find(observation, call, trace);
      }
    } catch (error) {
      // Whatever is wrong with the rest, the attempt leaves its record.
      this.report('activity', error);
    }
    return this.outlets?.recorder?.record(observation, traceIdsOf(span));
  };

  private takeProcessFinding({ namespace, ...detected }: ProcessFinding): boolean {
    if (namespace !== undefined && namespace !== this.namespace) return false;
    this.found(detected);
    return true;
  }

  private count(finding: Finding): void {
    const { metrics } = this;
    if (metrics === undefined) {
      if (this.uncounted.length < MAX_WAITING) this.uncounted.push(finding);
      return;
    }
    const { id, severity, taskType = 'unknown', workflowType = 'unknown' } = finding;
    metrics.inc('findings', { finding: id, severity, task_type: taskType, workflow_type: workflowType });
  }

  /** Keeps a finding that was counted and logged already. */
  record(finding: Finding): void {
    if (this.outlets !== undefined) this.outlets.recorder?.recordFinding(this.namespace, finding);
    else if (this.unrecorded.length < MAX_WAITING) this.unrecorded.push(finding);
  }

  /** Exports what was known before there were metrics and records. */
  private announce(): void {
    this.metrics?.set('buildInfo', { version: PACKAGE_VERSION, temporal_sdk_version: SDK_VERSION }, 1);
    for (const finding of this.uncounted.splice(0)) this.count(finding);
    for (const finding of this.unrecorded.splice(0)) this.record(finding);
    for (const [taskQueue, enabled] of this.searchAttributes) this.searchAttributesEnabled(taskQueue, enabled);
  }
}

function unrefDelay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
