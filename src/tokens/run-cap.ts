/**
 * Cuts a text into pieces that a byte-pair encoder counts in linear time.
 *
 * Such an encoder first splits text into words (its "pre-tokens") and then takes time quadratic in the length of a word:
 * 100 KB of one repeated letter, of spaces, or of Chinese without punctuation hold tiktoken for more than ten seconds,
 * and a word of a million characters makes it panic. A word that long is therefore cut. Its count is off by a fraction of
 * a percent; every other text is cut only where the encoder ends a word anyway, so that its count is exact.
 *
 * @module
 */

/**
 * Longest word left whole, in UTF-16 units. Long repeats have tokens of 2^n characters: cutting spaces at 255 instead of
 * 256 counts half as many again.
 */
const MAX_WORD_UNITS = 256;

/** Pieces end at the first certain end of a word after this many UTF-16 units. */
const PIECE_UNITS = 32 * 1024;

/** Pieces end at the first likely end of a word after this many UTF-16 units, where no certain one came. */
const MAX_PIECE_UNITS = 2 * PIECE_UNITS;

const APOSTROPHE = 0x27;

// Kinds of UTF-16 units.
/** Words have at most three digits. */
const NUMBER = 0;
const LETTER = 1;
const SPACE = 2;
/** CR and LF end a word of punctuation as part of it. */
const NEWLINE = 3;
const PUNCTUATION = 4;
/** Goes on after the newlines that end a word of punctuation. */
const SLASH = 5;
/** Marks belong to letters and to punctuation; half of a surrogate pair can be anything but space. */
const WILDCARD = 6;
const KINDS = 7;

/** The expressions are those of the encoders' own patterns. */
const KIND_OF_UNIT = Uint8Array.from({ length: 0x10000 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/\p{L}/u.test(character)) return LETTER;
  if (/\p{N}/u.test(character)) return NUMBER;
  if (/[\r\n]/.test(character)) return NEWLINE;
  if (/\p{White_Space}/u.test(character)) return SPACE;
  // A code point without a meaning in this version of Unicode may have one in the encoder's.
  if (/[\p{M}\p{Cs}\p{Cn}]/u.test(character)) return WILDCARD;
  return character === '/' ? SLASH : PUNCTUATION;
});

/** What a word has been so far: number, letters, space, punctuation, its tail of newlines and slashes, or only wildcards. */
const WORDS = 'nlsptw';

/** One row for each of {@link WORDS}, one column for each kind; lower case goes on with the word, upper case begins one. */
const STEPS_OF_WORD = ['NLSSPPW', 'NlSSPPl', 'NLssPPW', 'NLStppp', 'NLStPtW', 'NlStppw'];

const BEGINS_WORD = 8;

const STEPS = Uint8Array.from(STEPS_OF_WORD.join(''), (letter) => {
  const word = WORDS.indexOf(letter.toLowerCase());
  return letter === letter.toLowerCase() ? word : word | BEGINS_WORD;
});

/**
 * Calls `visit` with consecutive pieces that together are `text`.
 *
 * A letter ends a word of the encoders' patterns before any space and before any punctuation but the apostrophe ('s, 're),
 * and no pattern looks behind, so both sides of such a border are counted as they are in the whole.
 */
export function forEachPiece(text: string, visit: (piece: string) => void): void {
  let pieceStart = 0;
  let wordStart = 0;
  let word = 0;
  let previous = NUMBER;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const kind = KIND_OF_UNIT[unit] as number;
    const step = STEPS[word * KINDS + kind] as number;
    word = step & ~BEGINS_WORD;
    let cut = false;
    if (step & BEGINS_WORD) {
      wordStart = at;
      const size = at - pieceStart;
      cut = size >= PIECE_UNITS && (size >= MAX_PIECE_UNITS || isCertainEnd(previous, kind, unit));
    } else if (at - wordStart >= MAX_WORD_UNITS && !isLowSurrogate(unit)) {
      wordStart = at;
      cut = true;
    }
    if (cut) {
      visit(text.slice(pieceStart, at));
      pieceStart = at;
    }
    previous = kind;
  }
  visit(text.slice(pieceStart));
}

function isCertainEnd(previous: number, kind: number, unit: number): boolean {
  return previous === LETTER && kind >= SPACE && kind <= SLASH && unit !== APOSTROPHE;
}

/** Half a pair counts as U+FFFD, three bytes; the one unit more is made up for at the next cut. */
function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
