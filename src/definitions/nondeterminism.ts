/**
 * Core's messages of non-determinism, in words. Only what is known to be free of content is taken over: some messages
 * carry whole events.
 *
 * Source: the state machines of sdk-core as shipped in `@temporalio/core-bridge` 1.24 (`worker/workflow/machines`).
 *
 * @module
 */

export interface Divergence {
  /** Where code and history part, as half a sentence. */
  readonly words: string;
  /** What the code did instead, where that is known. */
  readonly command?: string;
  /** Type and number of the event of history that the code does not lead to, where that is known. */
  readonly event?: string;
  readonly eventId?: number;
}

type Match = readonly [pattern: RegExp, divergence: (...groups: string[]) => Divergence];

const MATCHES: readonly Match[] = [
  [
    /^(Activity|Child workflow) type of (?:scheduled event|recorded marker) '([^']*)' does not\s+match .*?command '([^']*)'/i,
    (kind = '', recorded = '', commanded = '') => {
      const noun = kind.toLowerCase();
      return {
        words: `history has ${noun} ${recorded} where the code now runs ${noun} ${commanded}`,
        command: `${noun} ${commanded}`,
        event: `${noun} ${recorded}`,
      };
    },
  ],
  [
    /^(Activity|Child workflow) id of (?:scheduled event|recorded marker)/i,
    (kind = '') => ({
      words: `the code gives another id to the ${kind.toLowerCase()} than history has`,
      command: kind.toLowerCase(),
    }),
  ],
  [
    /^(.+?) machine (?:does not|cannot) handle this event: HistoryEvent\(id: (\d+), (\w+)\)/,
    (machine = '', id = '', event = '') => {
      const command = machine.toLowerCase().replace(/ wf$/, ' workflow');
      const words = `history has ${event} at event ${id} where the code now comes to ${article(command)}`;
      return { words, command, event, eventId: Number(id) };
    },
  ],
  [
    /^No command scheduled for event HistoryEvent\(id: (\d+), (\w+)\)/,
    (id = '', event = '') => ({
      words: `history has ${event} at event ${id} where the code now does nothing`,
      command: 'none',
      event,
      eventId: Number(id),
    }),
  ],
  [
    /patch marker encountered for change (\S+), but there is\s+no corresponding change command/,
    (patch = '') => ({
      words: `history has the marker of patch ${patch} where the code no longer calls patched`,
      command: 'none',
      event: `patch ${patch}`,
    }),
  ],
  [
    /^Timer fired event did not have expected timer id/,
    () => ({ words: 'another timer fired than the code waits for', command: 'timer' }),
  ],
];

/** @param message what Core says after `[TMPRL1100] Nondeterminism error:` */
export function describeNondeterminism(message: string): Divergence {
  for (const [pattern, divergence] of MATCHES) {
    const match = pattern.exec(message.trim());
    if (match !== null) return divergence(...match.slice(1));
  }
  return { words: 'the code takes another way than history' };
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
