/**
 * The thread that counts tokens. It dies of what it cannot count, for a panic leaves the encoder's memory in an unknown
 * state; the counter starts another.
 *
 * @module
 */

import { parentPort } from 'node:worker_threads';
import { get_encoding, type Tiktoken } from 'tiktoken';
import type { TokenEncoding } from './encoding-for-model';
import { forEachPiece } from './run-cap';
import type { CountReply, CountRequest } from './worker-protocol';

/** Kept for the life of the thread: WASM memory never shrinks, so an encoder per call would grow without end. */
const encoders = new Map<TokenEncoding, Tiktoken>();

function encoderFor(encoding: TokenEncoding): Tiktoken {
  let encoder = encoders.get(encoding);
  if (encoder === undefined) {
    encoder = get_encoding(encoding);
    encoders.set(encoding, encoder);
  }
  return encoder;
}

function count(encoder: Tiktoken, text: string): number {
  let tokens = 0;
  forEachPiece(text, (piece) => {
    // `encode` throws on text that spells a special token, as `<|endoftext|>`.
    tokens += encoder.encode_ordinary(piece).length;
  });
  return tokens;
}

parentPort?.on('message', ({ encoding, groups }: CountRequest) => {
  const encoder = encoderFor(encoding);
  const reply: CountReply = groups.map((texts) => texts.reduce((tokens, text) => tokens + count(encoder, text), 0));
  parentPort?.postMessage(reply);
});
