import { PrometheusApi, type Series, type TimeRange } from '../prometheus-api';
import { fillIn } from './fill-in';
import { hasData, isZero, nonsense } from './sense';
import { DASHBOARDS, type Dashboards, labelValues, type Query, queriesOf, variablesOf } from './shipped-dashboards';
import { countersOf, occurred, subjectOf } from './subject';

/** Queries whose subject does not occur in a run. */
export interface Silent {
  /** Matches the names of queries: `dashboard: row / panel A`. */
  readonly queries: RegExp;
  readonly reason: string;
  /** Whether it may occur all the same, which depends on how long something takes. */
  readonly mayOccur?: boolean;
}

export interface PanelCheck {
  readonly prometheusUrl: string;
  readonly run: TimeRange;
  /** What all durations of the run are divided by. */
  readonly timeScale: number;
  /** Left out for a part of a run, of which nobody has written down what does not occur in it. */
  readonly silent?: readonly Silent[];
  readonly dashboards?: Dashboards;
}

export interface PanelReport {
  /** Says how many there are, in a line. */
  readonly summary: string;
  /** A line for each query that is not as it should be. */
  readonly failures: readonly string[];
}

interface Outcome {
  readonly name: string;
  readonly query: string;
  readonly data: boolean;
  /** Nothing but zeros of counters that are above 0: their growth was not seen. */
  readonly growthMissed?: boolean;
  readonly occurred: boolean;
  readonly problems: readonly string[];
}

/** Least distance of two points of every panel; what Grafana takes as the interval of scrapes unless it is told. */
const INTERVAL_SECONDS = 60;
const SCRAPE_SECONDS = 15;

const AT_ONCE = 4;

/**
 * Asks Prometheus all that the dashboards ask, as Grafana does with everything chosen and the whole run shown.
 *
 * An error is a failure, and so is an answer without data, unless the subject of the query did not occur and the query
 * is listed with the reason. What is listed and occurred is a failure, too, so that the list stays true. Zeros of counters
 * that are not 0 are as good as nothing, but for one thing: a rate begins with the second sample of a series, so that it may
 * be listed that all was counted by the first. What makes no sense is a failure as well: lines without names, shares above 1.
 */
export async function checkPanels(check: PanelCheck): Promise<PanelReport> {
  const { silent, dashboards = DASHBOARDS } = check;
  const asked = new Asked(check);
  const waiting = [
    ...variablesOf(dashboards)
      .filter(({ type }) => type === 'query')
      .map((variable) => () => asked.variable(variable)),
    ...queriesOf(dashboards).map((query) => () => asked.query(query)),
  ];
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await next());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));

  const failures = [...outcomes.flatMap((outcome) => judge(outcome, silent)), ...unneeded(outcomes, silent)];
  const withData = outcomes.filter(({ data }) => data).length;
  const as = failures.length > 0 ? `${failures.length} not as they should be` : 'as expected';
  return {
    summary: `${outcomes.length} queries, ${withData} with data, ${outcomes.length - withData} without, ${as}`,
    failures: failures.sort(),
  };
}

function judge({ name, query, ...outcome }: Outcome, silent: readonly Silent[] | undefined): string[] {
  const listed = silent?.find(({ queries }) => queries.test(name));
  const problems = [...outcome.problems];
  if (outcome.growthMissed === true) {
    if (listed === undefined) problems.push('returns only 0, although that was counted');
  } else if (problems.length === 0 && !outcome.data) {
    if (outcome.occurred) problems.push('returns nothing, although its subject occurred');
    else if (silent !== undefined && listed === undefined) {
      problems.push('returns nothing: let its subject occur in this run, or list it with the reason why it does not');
    }
  }
  if (outcome.data && !outcome.growthMissed && listed !== undefined && !listed.mayOccur) {
    problems.push(`returns data: it is no longer to be listed as silent (${listed.queries}: ${listed.reason})`);
  }
  return problems.map((problem) => `${name}: ${problem}: ${query}`);
}

function unneeded(outcomes: readonly Outcome[], silent: readonly Silent[] = []): string[] {
  return silent
    .filter(({ queries }) => !outcomes.some(({ name }) => queries.test(name)))
    .map(({ queries, reason }) => `${queries}: listed as silent (${reason}), and no query has such a name`);
}

class Asked {
  readonly #api: PrometheusApi;
  readonly #run: TimeRange;
  readonly #step: number;
  readonly #timeScale: number;
  readonly #dashboards: Dashboards;
  readonly #known = new Map<string, Promise<boolean>>();

  constructor({ prometheusUrl, run, timeScale, dashboards = DASHBOARDS }: PanelCheck) {
    this.#api = new PrometheusApi(prometheusUrl);
    this.#step = INTERVAL_SECONDS / timeScale;
    // Points count from the end, so that the last moment of the run is in one.
    const points = Math.ceil((run.to - run.from) / this.#step);
    this.#run = { from: run.to - points * this.#step, to: run.to };
    this.#timeScale = timeScale;
    this.#dashboards = dashboards;
  }

  query(query: Query): Promise<Outcome> {
    return this.#outcome(query.name, query.target.expr, async () => {
      const expr = this.#filledIn(query.target.expr, query.dashboard);
      const series = await this.#answer(query, expr);
      const growthMissed = isZero(series) && (await this.#counted(expr));
      return { data: hasData(series), growthMissed, problems: nonsense(query, series, this.#run), subject: expr };
    });
  }

  variable(variable: ReturnType<typeof variablesOf>[number]): Promise<Outcome> {
    return this.#outcome(`${variable.dashboard}: variable ${variable.name}`, variable.query, async () => {
      const { selector, label } = labelValues(variable);
      const filled = this.#filledIn(selector, variable.dashboard);
      const values = await this.#api.labelValues(label, filled, this.#run);
      return { data: values.length > 0, problems: [], subject: filled };
    });
  }

  async #outcome(
    name: string,
    query: string,
    ask: () => Promise<Pick<Outcome, 'data' | 'growthMissed' | 'problems'> & { readonly subject: string }>,
  ): Promise<Outcome> {
    try {
      const { subject, ...answer } = await ask();
      const there = answer.data || (await occurred(subjectOf(subject), this.#has));
      return { name, query, occurred: there, ...answer };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { name, query, data: false, occurred: false, problems: [problem] };
    }
  }

  /** Whether each counter whose growth is shown is above 0. */
  async #counted(expr: string): Promise<boolean> {
    const counters = countersOf(expr);
    const counted = await Promise.all(counters.map((counter) => this.#has(counter, '> 0')));
    return counters.length > 0 && counted.every(Boolean);
  }

  /** What is asked for now is empty once everything is over: then what it showed before counts. */
  async #answer({ target }: Query, expr: string): Promise<readonly Series[]> {
    if (target.instant === true) {
      const now = await this.#api.query(expr, this.#run.to);
      if (hasData(now)) return now;
    }
    return this.#api.queryRange(expr, this.#run, this.#step);
  }

  readonly #has = (selector: string, sample = ''): Promise<boolean> => {
    const key = `${selector} ${sample}`;
    const known = this.#known.get(key) ?? this.#look(selector, sample);
    this.#known.set(key, known);
    return known;
  };

  /** At one of the points that are shown: what is there for less than the time between two, no panel shows either. */
  async #look(selector: string, sample: string): Promise<boolean> {
    const found = await this.#api.queryRange(`count(${selector} ${sample})`, this.#run, this.#step);
    return found.length > 0;
  }

  #filledIn(query: string, dashboard: string): string {
    const variables = this.#dashboards.get(dashboard)?.templating.list ?? [];
    return fillIn(query, {
      rateInterval: this.#duration(Math.max(INTERVAL_SECONDS + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS)),
      interval: this.#duration(INTERVAL_SECONDS),
      range: this.#duration((this.#run.to - this.#run.from) * this.#timeScale),
      chosen: (name) => {
        const { allValue } = variables.find((variable) => variable.name === name) ?? {};
        if (allValue === undefined) throw new Error(`there is no variable ${name} of which all can be chosen`);
        return allValue;
      },
    });
  }

  /** Seconds in production, as a duration of Prometheus in the run. */
  #duration(seconds: number): string {
    return `${Math.round((seconds * 1000) / this.#timeScale)}ms`;
  }
}
