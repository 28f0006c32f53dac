import { ApplicationFailure } from '@temporalio/activity';

export interface SearchHit {
  readonly page: string;
  readonly title: string;
}

export interface Reading {
  readonly sensor: string;
  readonly celsius: number;
}

const HANDBOOK: Readonly<Record<string, string>> = {
  'durable-execution':
    'Durable execution keeps the state of a program in an event history and replays it after a crash.',
  activities: 'Activities do what is not deterministic: they call services, and are retried by a policy.',
  'long-histories': 'A run that has collected many events continues as new, with its state as the new input.',
};

/** A whole specification instead of an abstract: large, but below the 512 KiB from which on Temporal warns. */
const LARGE_PAGE_BYTES = 400 * 1024;

let requests = 0;

export const toolActivities = {
  async search(query: string): Promise<SearchHit[]> {
    const words = query.toLowerCase().split(/\W+/).filter(Boolean);
    const hits = Object.entries(HANDBOOK).filter(([, text]) => words.some((word) => text.toLowerCase().includes(word)));
    return (hits.length > 0 ? hits : Object.entries(HANDBOOK)).map(([page]) => ({
      page,
      title: page.replaceAll('-', ' '),
    }));
  },

  async readPage(page: string): Promise<string> {
    const text = HANDBOOK[page];
    if (text === undefined) throw ApplicationFailure.nonRetryable(`There is no page ${page}`, 'PageNotFound');
    return text;
  },

  async fetchSpecification(name: string): Promise<string> {
    const clause = `${name}: a workflow continues after a crash where it stopped. `;
    return clause.repeat(Math.ceil(LARGE_PAGE_BYTES / clause.length));
  },

  /** A service with a bad day: every fourth request fails. */
  async readSensor(sensor: string): Promise<Reading> {
    requests++;
    if (requests % 4 === 0) throw new Error(`${sensor} did not answer`);
    return { sensor, celsius: 19 + (sensor.length % 5) };
  },

  async placeOrder(item: string, quantity: number): Promise<string> {
    return `order-${item}-${quantity}`;
  },
};
