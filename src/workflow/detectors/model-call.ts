import type { ActivityOptions, LocalActivityOptions } from '@temporalio/common';

/** A model call as it is scheduled. */
export interface ModelCall {
  readonly activityType: string;
  readonly options: Pick<
    ActivityOptions & LocalActivityOptions,
    'startToCloseTimeout' | 'scheduleToCloseTimeout' | 'heartbeatTimeout' | 'retry'
  >;
  readonly isLocal: boolean;
}
