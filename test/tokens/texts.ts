import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NODE_MODULES = join(import.meta.dirname, '../../node_modules');

/** Real text from the dependencies: files of a package by their ending, up to `size` characters. */
function filesOf(name: string, ending: string, size: number): string {
  const directory = join(NODE_MODULES, name);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));
  return files
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n')
    .slice(0, size);
}

const CHINESE = '我们今天学习人工智能的基础知识，机器学习是计算机科学的一个分支。深度学习使用神经网络来处理数据！';
const JAPANESE =
  '日本語の文章もここにあります。カタカナとひらがな、そして漢字が混ざっています。句読点で文が終わります。';

/** Text as people and programs write it, some 100 KB of each kind. */
export const ORDINARY_TEXTS = {
  prose: filesOf('commander', '.md', 50_000) + filesOf('openai', '.md', 100_000),
  code: filesOf('commander', '.js', 100_000),
  types: filesOf('typescript/lib', 'es5.d.ts', 100_000),
  json: JSON.stringify(JSON.parse(readFileSync(join(NODE_MODULES, 'tiktoken/model_to_encoding.json'), 'utf8'))).repeat(
    30,
  ),
  indentedJson: filesOf('openai', 'package.json', 100_000),
  cjk: Array.from({ length: 1000 }, (_, index) => (index % 3 === 0 ? JAPANESE : CHINESE).slice(index % 20)).join('\n'),
  base64: Buffer.from(filesOf('typescript/lib', 'tsc.js', 60_000)).toString('base64'),
  chat: JSON.stringify(
    Array.from({ length: 500 }, (_, index) => ({
      role: index % 2 ? 'assistant' : 'user',
      content: `Line ${index}: "What's the weather like? I'd say it's 21.5 °C…" — naïve café 🙂\n\n- one\n- two`,
    })),
    undefined,
    2,
  ),
};

/** A number generator of a fixed seed, so that a failure comes again. */
function randomIntegers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
}

function randomText(length: number, first: number, characters: number): string {
  const next = randomIntegers(1);
  return Array.from({ length }, () => String.fromCharCode(first + next(characters))).join('');
}

const repeated = (unit: string) => (length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** Texts over which a tokenizer takes quadratic time, by their length in UTF-16 units. */
export const UNBROKEN_RUNS: Readonly<Record<string, (length: number) => string>> = {
  'one letter': repeated('a'),
  spaces: repeated(' '),
  newlines: repeated('\n'),
  dashes: repeated('-'),
  'slashes and newlines': repeated('/\n'),
  'one emoji': repeated('😀'),
  'emoji after a letter': (length) => `x${repeated('😀')(length - 2)}`,
  'joined emoji': repeated('👨‍👩‍👧'),
  'letters with combining marks': repeated('a\u0301'),
  'letters beyond the basic plane': repeated('𠀀'),
  NUL: repeated('\0'),
  'random letters': (length) => randomText(length, 0x61, 26),
  'Chinese without punctuation': (length) => randomText(length, 0x4e00, 5000),
};

/** Any UTF-16 units at all, unpaired surrogates among them. */
export const anyUnits = (length: number) => randomText(length, 0, 0x10000);
