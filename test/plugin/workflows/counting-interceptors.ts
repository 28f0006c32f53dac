import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** A workflow module of the user's: adds a header that an activity interceptor can see. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => {
        const data = new Uint8Array([input.seq]);
        return next({ ...input, headers: { ...input.headers, 'users-header': { metadata: {}, data } } });
      },
    },
  ],
});
