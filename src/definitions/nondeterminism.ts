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
    /^(.+?) ?machine (?:does not|cannot) handle (?:this event: )?.*?HistoryEvent\(id: (\d+), (\w+)\)/i,
    (machine = '', id = '', event = '') => {
      const { command, words } = commandOf(machine);
      return {
        words: `history has ${recorded(event, id)} where the code now ${words}`,
        command,
        event,
        eventId: Number(id),
      };
    },
  ],
  [
    /^No command scheduled for event HistoryEvent\(id: (\d+), (\w+)\)/,
    (id = '', event = '') => ({
      words: `history has ${recorded(event, id)} where the code now does nothing`,
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

/** Machines of Core whose names say little to a reader; others are named after what they run. */
const MACHINES: Readonly<Record<string, { readonly command: string; readonly words: string }>> = {
  upsertworkflowsearchattributes: {
    command: 'upsert of search attributes',
    // The plugin's own come there, so that they stand in for what the code does next.
    words: 'writes search attributes, as agents do before an activity or a child',
  },
  modifyworkflowproperties: { command: 'upsert of memo', words: 'writes its memo' },
  change: { command: 'patch', words: 'calls patched' },
  'complete workflow': { command: 'complete workflow', words: 'completes' },
  'fail workflow': { command: 'fail workflow', words: 'fails' },
  'continue as new workflow': { command: 'continue as new', words: 'continues as new' },
};

function commandOf(machine: string): { readonly command: string; readonly words: string } {
  const name = machine.toLowerCase();
  const command = name.replace(/ wf$/, ' workflow');
  return MACHINES[name] ?? { command, words: `comes to ${/^[aeiou]/.test(command) ? 'an' : 'a'} ${command}` };
}

/** The plugin's own events stand before what the code itself did. */
function recorded(event: string, id: string): string {
  const place = `${event} at event ${id}`;
  return event === 'UpsertWorkflowSearchAttributes'
    ? `${place}, as agents write before an activity, a child or their end,`
    : place;
}
