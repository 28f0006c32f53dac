/**
 * Which byte-pair encoding a model counts in.
 *
 * tiktoken's own `encoding_for_model` throws for every name that it does not list (gpt-5.1, Azure deployments, claude-*),
 * hence families by prefix. The families are those of openai/tiktoken's `model.py`.
 *
 * @module
 */

export type TokenEncoding = 'o200k_base' | 'cl100k_base';

export interface ModelEncoding {
  readonly encoding: TokenEncoding;
  /** Whether the encoding is the model's own; `false` where it merely stands in for an unpublished tokenizer. */
  readonly own: boolean;
}

const O200K = /^(gpt-(5|4\.1|4\.5|4o|oss)|chatgpt-4o|o[134])(?![a-z0-9])/;
const CL100K = /^(gpt-(4|3\.5|35)|text-embedding-(3|ada-002))(?![a-z0-9])/;

/** Never throws; a router's prefix (`openai/gpt-4o`) and the `ft:` of a fine-tuned model are looked through. */
export function encodingForModel(model: string | undefined): ModelEncoding {
  const name = (model ?? '').toLowerCase().replace(/^.*\//s, '').replace(/^ft:/, '');
  if (O200K.test(name)) return { encoding: 'o200k_base', own: true };
  if (CL100K.test(name)) return { encoding: 'cl100k_base', own: true };
  return { encoding: 'o200k_base', own: false };
}
