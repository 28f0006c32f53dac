import type { temporal } from '@temporalio/proto';
import type { RunId } from '../client/visible-run';
import type { ExporterQuery } from '../definitions/exporter-queries';
import type { TemporalRequests } from './temporal-requests';
import type { WorkflowDescriber } from './workflow-describer';

/** Describes runs of one namespace of a server. */
export class TemporalDescriber implements WorkflowDescriber {
  constructor(
    private readonly requests: TemporalRequests,
    private readonly namespace: string,
  ) {}

  async describe(
    query: ExporterQuery,
    execution: RunId,
  ): Promise<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse> {
    const { namespace } = this;
    return this.requests.send(query, 'DescribeWorkflowExecution', ({ workflowService }) =>
      workflowService.describeWorkflowExecution({ namespace, execution }),
    );
  }

  async lastEvents(
    query: ExporterQuery,
    execution: RunId,
    maximumPageSize: number,
  ): Promise<readonly temporal.api.history.v1.IHistoryEvent[]> {
    const { namespace } = this;
    const response = await this.requests.send(query, 'GetWorkflowExecutionHistoryReverse', ({ workflowService }) =>
      workflowService.getWorkflowExecutionHistoryReverse({ namespace, execution, maximumPageSize }),
    );
    return response.history?.events ?? [];
  }

  async namespaceId(query: ExporterQuery): Promise<string> {
    const { namespace } = this;
    const response = await this.requests.send(query, 'DescribeNamespace', ({ workflowService }) =>
      workflowService.describeNamespace({ namespace }),
    );
    return response.namespaceInfo?.id ?? '';
  }
}
