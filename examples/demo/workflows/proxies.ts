import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

/** Models: slow, rate limited, expensive. */
export const models = proxyActivities<Pick<Activities, 'chatCompletion' | 'createResponse' | 'createMessage'>>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumAttempts: 5 },
});

/** Streams run long, and say with heartbeats that they are alive. */
export const streams = proxyActivities<Pick<Activities, 'streamChatCompletion'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 5 },
});

/** Tools: fast, and cheap to try again. */
export const tools = proxyActivities<
  Pick<Activities, 'search' | 'readPage' | 'fetchSpecification' | 'readSensor' | 'placeOrder'>
>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', maximumAttempts: 5 },
});
