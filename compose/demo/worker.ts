import path from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import OpenAI from 'openai';
import { createActivities } from '../../examples/demo/activities';
import { TASK_QUEUE } from '../../examples/demo/agents';
import { startProviderServer } from '../../examples/provider-server';

/** A worker for the agents of the demo and for those that get stuck, with a local server in place of providers. */
export async function createDemoWorker(address: string, plugins: NonNullable<WorkerOptions['plugins']>) {
  const provider = await startProviderServer();
  const connection = await NativeConnection.connect({ address });
  const common = { apiKey: 'local', maxRetries: 0 };
  const activities = createActivities({
    openai: new OpenAI({ ...common, baseURL: `${provider.url}/v1` }),
    openaiModel: 'gpt-5-mini',
    anthropic: new Anthropic({ ...common, baseURL: provider.url }),
    anthropicModel: 'claude-haiku-4-5',
  });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: path.join(__dirname, 'workflows.ts'),
    activities,
    plugins,
  });
  const close = async () => {
    await connection.close();
    await provider.close();
  };
  return { worker, close };
}
