export interface Filling {
  /** Durations of Prometheus, such as `5m`. */
  readonly rateInterval: string;
  readonly interval: string;
  readonly range: string;
  /** What is chosen of a variable of the dashboard. */
  readonly chosen: (variable: string) => string;
}

/** Replaces what Grafana fills in before it asks Prometheus. */
export function fillIn(query: string, { rateInterval, interval, range, chosen }: Filling): string {
  return query
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll('$__interval', interval)
    .replaceAll('$__range', range)
    .replaceAll(/\$\{?([a-z][a-z_]*)\}?/g, (_, variable: string) => chosen(variable));
}
