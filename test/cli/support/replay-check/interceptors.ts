import { type ActivityInput, sleep, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Runs with it have a timer before each activity. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      async scheduleActivity(input: ActivityInput, next) {
        await sleep(1);
        return next(input);
      },
    },
  ],
});
