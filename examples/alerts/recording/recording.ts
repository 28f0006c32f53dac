import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { stringify } from 'yaml';
import { namedSamples } from '#lib/cli/doctor/exposition';
import { METRICS } from '#lib/definitions/metrics';
import { promtoolValues, type Sample, seriesText } from './notation';

/** Of Prometheus in the rehearsal, too. */
const SCRAPE_MS = 1_000;

/** Ids of runs in names of task queues; the same agent is to give the same recording. */
const RUN_ID = /-\d{13}-\d+$/;

/** What Prometheus scrapes, under a name that is the same in every recording. */
export interface RecordedTarget {
  readonly job: string;
  readonly instance: string;
  readonly port: number;
}

/** A recording as it is written: samples one second apart, gauges that hold a time in seconds since the first one. */
export interface RecordedScenario {
  readonly scenario: string;
  readonly samples: number;
  /** Number of the sample from which on something was so. */
  readonly marks: Readonly<Record<string, number>>;
  /** By instance. */
  readonly targets: Readonly<Record<string, RecordedSeries>>;
}

interface RecordedSeries {
  readonly job: string;
  /** Values in promtool's notation by series, which are written without the labels that scraping adds. */
  readonly series: Readonly<Record<string, string>>;
}

export interface RecordingOptions {
  readonly file: string;
  readonly scenario: string;
  /** Series of other namespaces are left out. */
  readonly namespace: string;
  readonly targets: readonly RecordedTarget[];
  /** Names of metrics that are kept. */
  readonly isWanted: (name: string) => boolean;
}

/** Scrapes the way Prometheus does, once a second: what is not there any more is stale. */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #startedAt = Date.now();
  readonly #begin = performance.now();
  readonly #samples = new Map<RecordedTarget, Map<string, Sample[]>>();
  /** Series of the last scrape, by target. */
  readonly #present = new Map<RecordedTarget, ReadonlySet<string>>();
  readonly #marks: Record<string, number> = {};
  readonly #timer: NodeJS.Timeout;
  #targets: readonly RecordedTarget[];

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#targets = options.targets;
    this.#timer = setInterval(() => this.#scrapeAll(), SCRAPE_MS);
    this.#scrapeAll();
  }

  /** Says that something has just happened. */
  mark(name: string): void {
    this.#marks[name] = this.#now();
  }

  /** Scrapes these from now on; series of those that are left out go away. */
  retarget(isScraped: (target: RecordedTarget) => boolean): void {
    this.#targets = this.#options.targets.filter(isScraped);
    for (const [target, present] of this.#present) {
      if (isScraped(target)) continue;
      for (const key of present) this.#set(target, key, this.#now(), 'stale');
      this.#present.delete(target);
    }
  }

  /** Ends and writes it. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const { scenario, file } = this.#options;
    const targets = [...this.#samples].map(([{ job, instance }, samples]) => {
      const series = [...samples].sort(([one], [other]) => (one < other ? -1 : 1));
      const values = series.map(([key, values]) => [key, promtoolValues(Array.from(values))]);
      return [instance, { job, series: Object.fromEntries(values) }] as const;
    });
    const recorded: RecordedScenario = {
      scenario,
      samples: this.#now(),
      marks: this.#marks,
      targets: Object.fromEntries(targets),
    };
    await writeFile(file, stringify(recorded, { lineWidth: 0 }));
  }

  #scrapeAll(): void {
    const index = this.#now();
    for (const target of this.#targets) void this.#scrape(target, index);
  }

  async #scrape(target: RecordedTarget, index: number): Promise<void> {
    const { port } = target;
    const signal = AbortSignal.timeout(SCRAPE_MS);
    const text = await fetch(`http://127.0.0.1:${port}/metrics`, { signal }).then(
      (response) => (response.ok ? response.text() : undefined),
      () => undefined,
    );
    if (!this.#targets.includes(target)) return;
    const scraped = text === undefined ? [] : namedSamples(text);
    const present = new Map([['up', text === undefined ? 0 : 1]]);
    for (const { name, labels, value } of scraped) {
      if (!this.#isOurs(name, labels)) continue;
      const stable = Object.entries(labels).map(([label, text]) => [label, text.replace(RUN_ID, '')]);
      present.set(seriesText(name, Object.fromEntries(stable)), this.#timeless(name, value));
    }
    for (const [key, value] of present) this.#set(target, key, index, value);
    for (const key of this.#present.get(target) ?? []) if (!present.has(key)) this.#set(target, key, index, 'stale');
    this.#present.set(target, new Set(present.keys()));
  }

  #isOurs(name: string, { temporal_namespace: namespace }: Readonly<Record<string, string>>): boolean {
    const { isWanted, namespace: ours } = this.#options;
    return isWanted(name) && (namespace === undefined || namespace === ours);
  }

  #timeless(name: string, value: number): number {
    if (name !== METRICS.exporterLastSuccess.name) return value;
    return Math.round(value * 1000 - this.#startedAt) / 1000;
  }

  #set(target: RecordedTarget, key: string, index: number, sample: Sample): void {
    const ofTarget = this.#samples.get(target) ?? new Map<string, Sample[]>();
    this.#samples.set(target, ofTarget);
    const samples = ofTarget.get(key) ?? [];
    ofTarget.set(key, samples);
    samples[index] = sample;
  }

  #now(): number {
    return Math.round((performance.now() - this.#begin) / SCRAPE_MS);
  }
}
