import { trace } from '@opentelemetry/api';
import { endActivitySpan, startActivitySpan } from '#lib/tracing/index';
import { correlation, modelCall } from './observations';

/** An activity that makes its span by hand, as the plugin's interceptor does, and another one inside. */
export function createActivities(report: (part: string, error: unknown) => void) {
  return {
    async callModel(): Promise<string> {
      const startedAtMs = Date.now();
      const span = startActivitySpan(correlation, { kind: 'llm', startedAtMs }, report);
      await span.run(async () => trace.getTracer('user').startSpan('http request').end());
      endActivitySpan(span, modelCall({ startedAtMs }));
      return 'done';
    },
  };
}
