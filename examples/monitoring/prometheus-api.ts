export type Labels = Readonly<Record<string, string>>;

/** A series over time; values as Prometheus writes them, for they may be no finite numbers. */
export interface Series {
  readonly metric: Labels;
  readonly values: readonly (readonly [time: number, value: string])[];
}

/** Times are seconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** What panels and variables of Grafana ask of Prometheus, and which alerts there are. */
export class PrometheusApi {
  constructor(private readonly url: string) {}

  /** @throws Error with what Prometheus says of the query */
  async queryRange(query: string, { from, to }: TimeRange, stepSeconds: number): Promise<readonly Series[]> {
    const parameters = { query, start: from, end: to, step: stepSeconds };
    return (await this.#ask<{ result: readonly Series[] }>('query_range', parameters)).result;
  }

  /** At one time. */
  async query(query: string, time: number): Promise<readonly Series[]> {
    interface Vector {
      readonly result: readonly { readonly metric: Labels; readonly value: Series['values'][number] }[];
    }
    const { result } = await this.#ask<Vector>('query', { query, time });
    return result.map(({ metric, value }) => ({ metric, values: [value] }));
  }

  labelValues(label: string, selector: string, { from, to }: TimeRange): Promise<readonly string[]> {
    return this.#ask(`label/${label}/values`, { 'match[]': selector, start: from, end: to });
  }

  /** Labels of all alerts that have fired. */
  firedAlerts(): Promise<readonly Labels[]> {
    return this.#ask('series', { 'match[]': 'ALERTS{alertstate="firing"}' });
  }

  /** Labels of the alerts that fire now. */
  async firingAlerts(): Promise<readonly Labels[]> {
    interface Answer {
      readonly alerts: readonly { readonly state: string; readonly labels: Labels }[];
    }
    const { alerts } = await this.#ask<Answer>('alerts');
    return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
  }

  async #ask<T>(path: string, parameters: Readonly<Record<string, string | number>> = {}): Promise<T> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) search.set(name, String(value));
    const response = await fetch(`${this.url}/api/v1/${path}?${search}`);
    const { data, error } = (await response.json().catch(() => ({}))) as { data?: T; error?: string };
    if (!response.ok || data === undefined) {
      throw new Error(error ?? `Prometheus answered with status ${response.status}`);
    }
    return data;
  }
}
