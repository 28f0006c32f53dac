import { readFileSync } from 'node:fs';
import path from 'node:path';
import { get_encoding } from 'tiktoken';
import { forEachPiece } from '#lib/tokens/run-cap';
import { mainThreadCpuMs } from './cpu-time';
import { interleave, median } from './interleave';
import type { BenchContext, Measurement } from './measurement';

const MB = 1_000_000;

const PROSE = path.join(__dirname, '../node_modules/openai/README.md');

const o200k = get_encoding('o200k_base');

const plain = (text: string) => {
  o200k.encode_ordinary(text);
};

const capped = (text: string) => {
  forEachPiece(text, plain);
};

/** Speed of token counting in bytes, against plain tiktoken. */
export async function tokenCounts(context: BenchContext): Promise<Measurement[]> {
  const prose = repeatedTo(MB, readFileSync(PROSE, 'utf8'));
  const worst = {
    letter: 'a'.repeat(MB),
    spaces: ' '.repeat(MB),
    cjk: Array.from({ length: MB / 3 }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7919) % 5000))).join(''),
    emoji: '😀'.repeat(MB / 4),
  };
  const milliseconds = await interleave(
    {
      plain: () => cpuMsOf(() => plain(prose)),
      capped: () => cpuMsOf(() => capped(prose)),
      letter: () => cpuMsOf(() => capped(worst.letter)),
      spaces: () => cpuMsOf(() => capped(worst.spaces)),
      cjk: () => cpuMsOf(() => capped(worst.cjk)),
      emoji: () => cpuMsOf(() => capped(worst.emoji)),
    },
    context.rounds(11),
  );
  // All texts have the same size, so that a ratio of speeds is one of times.
  const speed = (name: keyof typeof milliseconds) =>
    median(milliseconds.plain.map((reference, round) => reference / (milliseconds[name][round] ?? Number.NaN)));
  return [
    {
      name: 'token counts, ordinary text: speed vs plain tiktoken',
      value: speed('capped'),
      unit: 'x',
      goal: { atLeast: 0.9 },
    },
    ...(
      [
        ['letter', 'one letter'],
        ['spaces', 'spaces'],
        ['cjk', 'Chinese without punctuation'],
        ['emoji', 'one emoji'],
      ] as const
    ).map(([key, name]) => ({
      name: `token counts, 1 MB of ${name}: speed vs plain tiktoken on ordinary text`,
      value: speed(key),
      unit: 'x' as const,
      goal: { atLeast: 0.15 },
    })),
  ];
}

function cpuMsOf(work: () => void): number {
  const start = mainThreadCpuMs();
  work();
  return mainThreadCpuMs() - start;
}

function repeatedTo(bytes: number, text: string): string {
  const size = Buffer.byteLength(text);
  return text.repeat(Math.ceil(bytes / size)).slice(0, Math.round((bytes * text.length) / size));
}
