import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FINDINGS } from 'temporal-agent-observability';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';

const FOLDER = 'docs/findings';
const HEADINGS = ['What it means', 'Why it hurts', 'The fix', 'How to silence it', 'What it cannot see'];

const pages = new Map(
  readdirSync(FOLDER).map((file) => [path.basename(file, '.md'), readFileSync(path.join(FOLDER, file), 'utf8')]),
);

/** What the examples take for granted: the application around them. */
const APPLICATION = `
import type { WorkerOptions } from '@temporalio/worker';
import type OpenAI from 'openai';
declare global {
  const openai: OpenAI;
  const model: string;
  const taskQueue: string;
  const workflowsPath: string;
  const activities: NonNullable<WorkerOptions['activities']>;
}
type Messages = OpenAI.ChatCompletionMessageParam[];
export interface Activities {
  complete(input: string | Messages, tools?: OpenAI.ChatCompletionTool[]): Promise<OpenAI.ChatCompletion>;
  runTool(call: OpenAI.ChatCompletionMessageToolCall): Promise<string>;
  nextQuestion(answer: string): Promise<string | undefined>;
  findCustomer(ticket: string): Promise<string>;
  work(task: string, notes: string): Promise<{ notes: string; done: boolean }>;
  answer(summary: string, question: string): Promise<string>;
  summarise(summary: string, question: string, answer: string): Promise<string>;
}
`;

mkdirSync('.cache', { recursive: true });
const directory = path.resolve(mkdtempSync('.cache/finding-pages-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('every finding has its page, and every page its finding', () => {
  expect([...pages.keys()].sort()).toEqual(FINDINGS.map(({ id }) => id).sort());
});

test.each([...pages])('%s says what a reader needs, in the same order as all others', (id, page) => {
  const lines = page.split('\n');
  expect(lines[0]).toBe(`# ${id}`);
  expect(lines.filter((line) => line.startsWith('## '))).toEqual(HEADINGS.map((heading) => `## ${heading}`));
  const sections = page.split(/^## .*$/m).slice(1);
  for (const section of sections) expect(section.trim().length).toBeGreaterThan(40);
  expect(sections[2]).toContain('```');
  expect(sections[3]).toContain(`'off'`);
});

test.each([...pages])('%s links to pages and examples that exist', (_, page) => {
  for (const [, target = ''] of page.matchAll(/\]\(([^)#:]+\.md)\)/g)) {
    expect(existsSync(path.join(FOLDER, target)), target).toBe(true);
  }
  for (const [, target = ''] of page.matchAll(/`(examples\/[\w/-]+)`/g)) expect(readdirSync(target)).not.toEqual([]);
});

test('code on the pages compiles against the public API', () => {
  writeFileSync(path.join(directory, 'activities.ts'), APPLICATION);
  const files = [...pages].flatMap(([id, page]) =>
    [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ''], index) => {
      const file = path.join(directory, `${id}-${index + 1}.ts`);
      writeFileSync(file, `${code}\nexport {};\n`);
      return file;
    }),
  );
  expect(files.length).toBeGreaterThan(FINDINGS.length);
  const { config } = ts.readConfigFile('tsconfig.check.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, process.cwd());
  const program = ts.createProgram([...files, path.join(directory, 'activities.ts')], options);
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${path.basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(errors).toEqual([]);
}, 180_000);

test('the README names every finding', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const { id } of FINDINGS) expect(readme).toContain(`\`${id}\``);
});
