import { get_encoding } from 'tiktoken';
import { describe, expect, test } from 'vitest';
import { forEachPiece } from '#lib/tokens/run-cap';
import { anyUnits, ORDINARY_TEXTS, UNBROKEN_RUNS } from './texts';

const o200k = get_encoding('o200k_base');
const cl100k = get_encoding('cl100k_base');

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  forEachPiece(text, (piece) => pieces.push(piece));
  return pieces;
}

function cappedCount(encoder: typeof o200k, text: string): number {
  return piecesOf(text).reduce((tokens, piece) => tokens + encoder.encode_ordinary(piece).length, 0);
}

describe.each(Object.entries(ORDINARY_TEXTS))('%s', (_kind, text) => {
  test('has the very count of the plain tokenizer', () => {
    expect(text.length).toBeGreaterThan(5_000);
    expect(cappedCount(o200k, text)).toBe(o200k.encode_ordinary(text).length);
    expect(cappedCount(cl100k, text)).toBe(cl100k.encode_ordinary(text).length);
  });
});

test('cuts long ordinary text into several pieces that together are the text', () => {
  const text = Object.values(ORDINARY_TEXTS).join('\n');
  const pieces = piecesOf(text);
  expect(pieces.join('')).toBe(text);
  expect(pieces.length).toBeGreaterThan(10);
  expect(cappedCount(o200k, text)).toBe(o200k.encode_ordinary(text).length);
});

describe.each(Object.entries(UNBROKEN_RUNS))('an unbroken run: %s', (_kind, make) => {
  test('has a count within one percent of the exact one', () => {
    const text = make(12_000);
    const exact = o200k.encode_ordinary(text).length;
    expect(Math.abs(cappedCount(o200k, text) / exact - 1)).toBeLessThan(0.01);
  });

  test('is cut into pieces short enough for linear time', () => {
    const text = make(100_000);
    const pieces = piecesOf(text);
    expect(pieces.join('')).toBe(text);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(512);
  });
});

test.each([
  ['digits', '1234567890'.repeat(20_000)],
  ['any units', anyUnits(200_000)],
  ['words of one letter and a digit', 'a1'.repeat(100_000)],
])('bounds the pieces of text that no letter and space divide: %s', (_kind, text) => {
  const pieces = piecesOf(text);
  expect(pieces.join('')).toBe(text);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
});

test('never cuts a surrogate pair in two', () => {
  const text = `x${'😀'.repeat(2_000)}`;
  for (const piece of piecesOf(text)) expect(piece).not.toMatch(/\p{Cs}/u);
});

test('gives the empty text as one empty piece', () => {
  expect(piecesOf('')).toEqual(['']);
});
