import { defineTransforms, transform } from 'temporal-agent-observability/workflow';

export async function late(output: string): Promise<unknown> {
  defineTransforms({ head: (page: string) => page.slice(0, 10) });
  return transform('head', output);
}
