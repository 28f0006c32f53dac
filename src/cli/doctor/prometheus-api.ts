import type { HttpTarget } from './http';
import { type Fields, fields, list } from './json';
import { Unanswered } from './unanswered';

/** `data` of an answer of Prometheus' API. */
export async function askPrometheus(
  target: HttpTarget,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<Fields> {
  const { status, data } = fields(await target.json(path, query));
  if (status === 'success') return fields(data);
  throw new Unanswered(`${target.url(path).href} does not answer like the API of Prometheus`);
}

/** Labels of the series that an instant query gives. */
export async function seriesOf(target: HttpTarget, query: string): Promise<readonly Fields[]> {
  const { result } = await askPrometheus(target, '/api/v1/query', { query });
  return list(result).map(({ metric }) => fields(metric));
}
