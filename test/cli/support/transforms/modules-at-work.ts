import { proxyActivities, uuid4, workflowInfo } from '@temporalio/workflow';
import { defineTransforms } from 'temporal-agent-observability/workflow';

// What modules of workflow code may do as they are evaluated, for there is a run then.
export const at = [Date.now(), Math.random(), uuid4(), workflowInfo().workflowId];
export const proxies = proxyActivities({ startToCloseTimeout: '1 second' });

const head = (page: string) => page.slice(0, 10);
export const transforms = defineTransforms({ tail: (page: string) => page.slice(-10), head });
export const again = defineTransforms({ head });
