import type { ObserverPart } from '#lib/definitions/observer-parts';

/** Everything that was reported and logged, for tests that ask what an operator would see. */
export function operator() {
  const errors: { part: ObserverPart; error: unknown }[] = [];
  const lines: string[] = [];
  const log = (message: string) => {
    lines.push(message);
  };
  return {
    errors,
    lines,
    report: (part: ObserverPart, error: unknown) => {
      errors.push({ part, error });
    },
    logger: {
      log: (_: string, message: string) => log(message),
      trace: log,
      debug: log,
      info: log,
      warn: log,
      error: log,
    },
  };
}

/** Samples of an exposition by their name and labels, as Prometheus would read them. */
export function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line !== '' && !line.startsWith('#')) {
      const cut = line.lastIndexOf(' ');
      found.set(line.slice(0, cut), Number(line.slice(cut + 1)));
    }
  }
  return found;
}

export async function scrape(address: string | undefined): Promise<string> {
  const response = await fetch(address ?? 'http://nothing.invalid');
  if (!response.ok) {
    throw new Error(`scrape answered ${response.status}`);
  }
  return response.text();
}
