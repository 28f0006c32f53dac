/**
 * Writes the tables of `docs/` from the definitions in `lib/`, between the markers `<!-- table: name -->` and
 * `<!-- /table -->`. With `--check` it only says whether they are up to date.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT, say } from './process.mjs';

const require = createRequire(import.meta.url);
const { FINDINGS } = require('#lib/definitions/findings');
const { METRICS } = require('#lib/definitions/metrics');
const { PATTERNS } = require('#lib/definitions/patterns');
const { REQUIRED_SEARCH_ATTRIBUTE, SEARCH_ATTRIBUTES } = require('#lib/definitions/search-attributes');
const { SPAN_ATTRIBUTE_DESCRIPTIONS } = require('#lib/definitions/span-attribute-descriptions');
const { SPAN_ATTRIBUTES } = require('#lib/definitions/span-attributes');

/** @typedef {import('../lib/definitions/metrics').MetricDefinition} Metric */

/** @type {Readonly<Record<string, () => string>>} */
const TABLES = {
  metrics: () =>
    table(
      ['metric', 'type', 'labels', 'meaning'],
      metrics().map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(', '), help]),
    ),
  buckets: () =>
    table(
      ['histogram', 'upper bounds'],
      metrics().flatMap(({ name, buckets }) => (buckets ? [[code(name), buckets.join(', ')]] : [])),
    ),
  'search-attributes': () =>
    table(
      ['name', 'type', 'can be left out', 'meaning'],
      SEARCH_ATTRIBUTES.map(({ name, type, description }) => [
        code(name),
        type,
        name === REQUIRED_SEARCH_ATTRIBUTE ? 'no' : 'yes',
        description,
      ]),
    ),
  patterns: () => table(['number', 'pattern'], Object.entries(PATTERNS)),
  findings: () =>
    table(
      ['finding', 'pattern', 'severity', 'what was seen', 'advice'],
      FINDINGS.map(({ id, pattern, severity, title, advice }) => [
        `[${code(id)}](findings/${id}.md)`,
        String(pattern),
        severity,
        title,
        advice,
      ]),
    ),
  'span-attributes': () =>
    table(
      ['attribute', 'meaning'],
      Object.entries(SPAN_ATTRIBUTES).map(([key, name]) => [
        code(name),
        SPAN_ATTRIBUTE_DESCRIPTIONS[/** @type {keyof typeof SPAN_ATTRIBUTES} */ (key)],
      ]),
    ),
};

/** @returns {Metric[]} */
function metrics() {
  return Object.values(METRICS);
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/**
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows
 */
function table(header, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * @param {string} page
 * @param {string} file named in errors
 */
function withTables(page, file) {
  return page.replace(/(<!-- table: (\S+) -->\n)[\s\S]*?(<!-- \/table -->)/g, (_, open, name, close) => {
    const make = TABLES[name];
    if (!make) throw new Error(`${file} asks for the unknown table "${name}"`);
    return `${open}\n${make()}\n\n${close}`;
  });
}

const check = process.argv.includes('--check');
const folder = path.join(ROOT, 'docs');
for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.md'))) {
  const file = path.join(folder, name);
  const before = readFileSync(file, 'utf8');
  const after = withTables(before, `docs/${name}`);
  if (before === after) continue;
  if (check) {
    say(`docs/${name} is out of date: run \`npm run docs\`.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
    say(`docs/${name} written`);
  }
}
