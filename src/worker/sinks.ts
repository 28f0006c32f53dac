import type { InjectedSinks } from '@temporalio/worker';
import type { ReportError } from '../definitions/observer-parts';
import { SINK_NAME } from '../definitions/wire';
import type { AgentSinks } from '../workflow/sinks';

/** The worker's end of what the workflow side tells. */
export function agentSinks(observer: { readonly report: ReportError }): InjectedSinks<AgentSinks> {
  return {
    [SINK_NAME]: {
      internalError: {
        fn: (_info, message) => observer.report('workflow', new Error(message)),
        callDuringReplay: false,
      },
    },
  };
}
