/** Most pieces that a sample takes from a text: with 64, the error on text of mixed kinds is a few percent. */
const MAX_PIECES = 64;

/** Shorter pieces would mostly be made of the halves of words. */
const MIN_PIECE_UNITS = 256;

export interface Sample {
  readonly pieces: readonly string[];
  /** Part of the text that the pieces are, above 0 and at most 1. */
  readonly share: number;
}

/** Takes about `share` of a text, in pieces spread evenly over it. */
export function sampleText(text: string, share: number): Sample {
  if (share >= 1 || text.length === 0) return { pieces: [text], share: 1 };
  const units = Math.ceil(text.length * share);
  const count = Math.max(1, Math.min(MAX_PIECES, Math.floor(units / MIN_PIECE_UNITS)));
  const size = Math.ceil(units / count);
  const stride = text.length / count;
  const pieces = Array.from({ length: count }, (_, index) => copyOf(text, Math.floor(index * stride), size));
  return { pieces, share: (size * count) / text.length };
}

/** A slice would keep the whole text in memory for as long as the sample waits. */
function copyOf(text: string, start: number, size: number): string {
  return Buffer.from(text.slice(start, start + size), 'utf16le').toString('utf16le');
}
