import {
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultQueryHandler,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import { requestApproval } from 'temporal-agent-observability/workflow';

const seen: string[] = [];

/** A module of the user's that looks at everything that comes in, and takes its time. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      async handleSignal(input, next) {
        seen.push(`signal ${input.signalName}`);
        await Promise.resolve();
        return next(input);
      },
      async handleUpdate(input, next) {
        seen.push(`update ${input.name}`);
        await Promise.resolve();
        return next(input);
      },
      validateUpdate(input, next) {
        next(input);
      },
    },
  ],
});

/** Has handlers of its own, and defaults for what has none. */
export async function ownHandlers(): Promise<unknown> {
  let opened = false;
  const defaults: string[] = [];
  setHandler(defineSignal('open'), () => {
    opened = true;
  });
  setHandler(defineQuery('ready'), () => true);
  setHandler(defineUpdate<string, [string]>('rename'), (name) => `renamed ${name}`, {
    validator: (name) => {
      if (name === '') throw new Error('a name is needed');
    },
  });
  setDefaultSignalHandler((name) => {
    defaults.push(`signal ${name}`);
  });
  setDefaultUpdateHandler((name) => {
    defaults.push(`update ${name}`);
    return name;
  });
  setDefaultQueryHandler((name) => `default ${name}`);
  await condition(() => opened);
  const { outcome, actor } = await requestApproval({ id: 'a', subject: 'SECRET', timeout: '1 hour' });
  return { outcome, actor, defaults, seen };
}

/** Ends as soon as it is decided, in the very activation. */
export async function endsAtOnce(): Promise<string> {
  return (await requestApproval({ id: 'a', timeout: '1 hour' })).outcome;
}
