import { proxyActivities } from '@temporalio/workflow';

interface Activities {
  hostile(kind: string): Promise<unknown>;
  harmless(): Promise<string>;
}

const { hostile, harmless } = proxyActivities<Activities>({
  // A result that the server's endpoint does not take is never heard of, with and without us.
  startToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/** Calls what may be hostile, and then something harmless; what it learns of the first is all that it tells. */
export async function agent(kind: string): Promise<string> {
  const learnt = await hostile(kind).then(
    (value) => `result ${typeof value} ${String(JSON.stringify(value)?.length)}`,
    (error: Error) => `${error.name}: ${error.message}: ${error.cause}`,
  );
  return `${learnt}; ${await harmless()}`;
}
