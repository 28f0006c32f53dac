/**
 * Calls for the same thing at the same time, made one. Many clicks then cost the server one request instead of one each,
 * of which it would refuse most, or answer them one after the other.
 *
 * @module
 */

export interface Sharing<T> {
  /** Equal for calls that ask the same. */
  readonly key: string;
  readonly untilMs: number;
  ask(): Promise<T>;
  /** Whether an answer is true for ever, so that those who came while it was under way may have it too. */
  isFinal(answer: Answer<T>): boolean;
  /** Whether an error says no more than that the time of who asked was up. */
  isTimeout(error: unknown): boolean;
  /** What those get whose own time is up. */
  timeout(): Error;
}

export type Answer<T> = { readonly value: T } | { readonly error: unknown };

interface Asked<T> {
  readonly number: number;
  readonly answer: Promise<Answer<T>>;
}

export class SharedCalls<T> {
  private readonly asked = new Map<string, Asked<T>>();
  private count = 0;

  async call(sharing: Sharing<T>): Promise<T> {
    const { key, untilMs } = sharing;
    const came = this.count++;
    for (;;) {
      const others = this.asked.get(key);
      const call = others ?? this.ask(sharing);
      // Who asks is answered when its time is up, with the cause.
      const answer = others === undefined ? await call.answer : await before(untilMs, call.answer);
      if (answer === undefined) throw sharing.timeout();
      // What was asked before this call came may be out of date, and somebody else's patience is not this one's.
      const foreign = others !== undefined && 'error' in answer && sharing.isTimeout(answer.error);
      if (!sharing.isFinal(answer) && (call.number < came || foreign)) continue;
      if ('error' in answer) throw answer.error;
      return answer.value;
    }
  }

  private ask({ key, ask }: Sharing<T>): Asked<T> {
    const answer = ask()
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      )
      .finally(() => this.asked.delete(key));
    const asked = { number: this.count++, answer };
    this.asked.set(key, asked);
    return asked;
  }
}

/** `undefined` where it takes longer. */
async function before<T>(untilMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), untilMs - Date.now());
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
  }
}
