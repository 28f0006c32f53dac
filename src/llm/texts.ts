/**
 * The text of requests and responses, for counting tokens where a provider reported none. An approximation: what a
 * provider adds around messages is not known here.
 *
 * @module
 */

/** Bounds of one extraction. */
const MAX_CHARS = 4 * 1024 * 1024;
const MAX_NODES = 20_000;
const MAX_DEPTH = 12;

/** Properties that hold ids, names of kinds, or bytes, none of which is counted as text by any tokenizer. */
const NOT_TEXT: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'object',
  'status',
  'model',
  'modelId',
  'modelName',
  'finish_reason',
  'finishReason',
  'stop_reason',
  'tool_call_id',
  'tool_use_id',
  'toolCallId',
  'call_id',
  'callId',
  'signature',
  'encrypted_content',
  'data',
  'url',
  'image_url',
  'file_data',
  'file_id',
  'headers',
  'metadata',
  'providerMetadata',
  'providerOptions',
  'usage',
]);

class TextCollector {
  readonly texts: string[] = [];
  private chars = 0;
  private nodes = 0;

  collect(value: unknown, depth = 0): void {
    if (this.chars >= MAX_CHARS || ++this.nodes > MAX_NODES) return;
    if (typeof value === 'string') {
      const taken = value.slice(0, MAX_CHARS - this.chars);
      this.chars += taken.length;
      if (taken.length > 0) this.texts.push(taken);
      return;
    }
    if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH || ArrayBuffer.isView(value)) return;
    for (const key in value) {
      if (this.nodes > MAX_NODES) return;
      if (!NOT_TEXT.has(key)) this.collect(Object.getOwnPropertyDescriptor(value, key)?.value, depth + 1);
    }
  }
}

function textsOf(value: unknown): readonly string[] {
  const collector = new TextCollector();
  try {
    collector.collect(value);
  } catch {
    // What was collected before a hostile proxy threw is still the best estimate.
  }
  return collector.texts;
}

/** Where a response has what the model wrote; the rest (echoed instructions, tools, settings) was not generated. */
const OUTPUT_KEYS = ['choices', 'output', 'content', 'steps', 'message', 'object'] as const;

function outputOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return OUTPUT_KEYS.map((key) => Object.getOwnPropertyDescriptor(value, key)?.value).filter(
    (found) => typeof found === 'object' && found !== null,
  );
}

/** Texts of an activity's arguments, at most 4 Mi characters and 20,000 values. Content. Never throws. */
export function requestTexts(args: readonly unknown[]): readonly string[] {
  return textsOf(args);
}

/** What the model wrote, as one text, at most 4 Mi characters; also one level down in a wrapped response. Content. Never throws. */
export function responseText(value: unknown): string {
  try {
    let outputs = outputOf(value);
    if (outputs.length === 0 && typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      for (const key in value) {
        outputs = outputOf(Object.getOwnPropertyDescriptor(value, key)?.value);
        if (outputs.length > 0) break;
      }
    }
    return textsOf(outputs).join('\n');
  } catch {
    return '';
  }
}
