/**
 * What a model's response leaves out: usage, for which tokens are estimated, and a model whose price is known.
 *
 * @module
 */

import type { AttemptTrace } from '../activity/attempt-observer';
import type { ActivityObservation } from '../activity/observation';
import type { ReportError } from '../definitions/observer-parts';
import { isPending } from '../llm/is-pending';
import { costUsd } from '../llm/pricing';
import { requestTexts, responseText } from '../llm/texts';
import type { LlmCall } from '../llm/types';
import { callLabels, type NamespaceMetrics, observeEstimatedTokens } from '../metrics';
import { estimateUsage } from '../tokens';

/** Estimates that may wait at once; beyond that the call stays without one. */
const MAX_ESTIMATES = 100;

export class CallGaps {
  /** Estimates under way, so that shutdown can wait for them. */
  private readonly estimates = new Set<Promise<void>>();

  constructor(
    private readonly estimatesTokens: boolean,
    private readonly metrics: () => NamespaceMetrics | undefined,
    private readonly report: ReportError,
  ) {}

  find(observation: ActivityObservation, call: LlmCall, trace: Pick<AttemptTrace, 'found'>): void {
    const { activityType } = observation.correlation;
    if (isPending(call)) return;
    if (call.usage === undefined) {
      const message = `activity ${activityType} returned a response of ${call.model ?? 'a model'} without usage`;
      trace.found({ id: 'usage-missing', message, cause: activityType });
      if (this.estimatesTokens) this.estimate(observation, call);
    } else if (observation.costUsd === undefined && unknownPrice(call)) {
      this.metrics()?.inc('llmModelUnknown', callLabels(observation));
      const model = call.model ?? call.requestModel ?? 'unknown';
      const message = `no price is known for model ${model}`;
      trace.found({ id: 'model-unknown', message, cause: model, evidence: { model } });
    }
  }

  /** Waits for the estimates under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.estimates);
  }

  /** Counts tokens off the hot path; they go to counters of their own. */
  private estimate(observation: ActivityObservation, call: LlmCall): void {
    const metrics = this.metrics();
    if (metrics === undefined || this.estimates.size >= MAX_ESTIMATES) return;
    const estimate = estimateUsage(
      requestTexts(observation.input),
      responseText(observation.output),
      call.model,
      this.report,
    )
      .then((usage) => {
        if (usage !== undefined) observeEstimatedTokens(metrics, observation, usage);
      })
      .catch((error) => this.report('tokens', error))
      .finally(() => this.estimates.delete(estimate));
    this.estimates.add(estimate);
  }
}

function unknownPrice(call: LlmCall): boolean {
  const cost = costUsd(call);
  return 'unknown' in cost && cost.unknown === 'model';
}
