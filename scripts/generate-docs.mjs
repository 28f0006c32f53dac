/**
 * Writes the tables of `docs/` from the definitions in `lib/`, between the markers `<!-- table: name -->` and
 * `<!-- /table -->`, and the JSON schemas of configuration files. With `--check` it only says whether they are up
 * to date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT, say } from './process.mjs';

const require = createRequire(import.meta.url);
const { EXPORTER_METRICS } = require('#lib/definitions/exporter-metrics');
const { EXPORTER_OPTIONS, flagOf, OPTION_NAMES, variablesOf, written } = require('#lib/exporter/options/definitions');
const { exporterJsonSchema, jsonSchema } = require('#lib/exporter/options/json-schema');
const { isAlert } = require('#lib/rules/rule');
const { DEFAULT_RULE_CONFIG } = require('#lib/rules/rule-config');
const { ruleGroups } = require('#lib/rules/rule-groups');
const { RENDER_GROUPS, RENDER_OPTIONS } = require('#lib/cli/render/options');
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
  'exporter-metrics': () =>
    table(
      ['metric', 'meaning'],
      Object.values(EXPORTER_METRICS).map(({ name, help }) => [code(name), help]),
    ),
  'exporter-options': () =>
    table(
      ['option', 'type', 'default', 'flag', 'environment variable', 'meaning'],
      OPTION_NAMES.map((/** @type {keyof typeof EXPORTER_OPTIONS} */ name) => {
        const { kind, fallback, description } =
          /** @type {import('#lib/exporter/options/definitions').OptionDefinition} */ (EXPORTER_OPTIONS[name]);
        return [
          code(name.replace('*', '<name>')),
          kind.label,
          fallback === undefined ? 'none' : code(written(fallback)),
          code(flagOf(name)),
          variablesOf(name).map(code).join(', '),
          description,
        ];
      }),
    ),
  'render-options': () =>
    table(
      ['option', 'type', 'default', 'meaning'],
      Object.entries(/** @type {import('#lib/exporter/options/definitions').OptionTable} */ (RENDER_OPTIONS)).map(
        ([name, { kind, fallback, description }]) => [
          code(name.replace('*', '<name>')),
          kind.label,
          fallback === undefined ? 'none' : code(written(fallback)),
          description,
        ],
      ),
    ),
  alerts: () =>
    table(
      ['alert', 'severity', 'pattern', 'what is wrong'],
      alerts().map(({ alert, severity, pattern, summary }) => [
        `[${code(alert)}](../alerts/runbooks/${alert}.md)`,
        severity,
        pattern === undefined ? '' : String(pattern),
        summary,
      ]),
    ),
};

/** With the alerts that need a budget. */
function alerts() {
  const thresholds = { ...DEFAULT_RULE_CONFIG.thresholds, tokensPerHour: 1, costPerHourUsd: 1 };
  return ruleGroups({ ...DEFAULT_RULE_CONFIG, thresholds }).flatMap(
    (/** @type {import('#lib/rules/rule').RuleGroup} */ { rules }) => rules.filter(isAlert),
  );
}

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
  const before = readFileSync(path.join(folder, name), 'utf8');
  keep(`docs/${name}`, before, withTables(before, `docs/${name}`));
}
keepSchema('exporter.schema.json', exporterJsonSchema());
keepSchema('render.schema.json', jsonSchema('Rules and dashboards of temporal-agent-observability', RENDER_OPTIONS, RENDER_GROUPS));

/**
 * @param {string} name
 * @param {unknown} schema
 */
function keepSchema(name, schema) {
  const file = path.join(ROOT, name);
  keep(name, existsSync(file) ? readFileSync(file, 'utf8') : '', `${JSON.stringify(schema, null, 2)}\n`);
}

/**
 * @param {string} file
 * @param {string} before
 * @param {string} after
 */
function keep(file, before, after) {
  if (before === after) return;
  if (check) {
    say(`${file} is out of date: run \`npm run docs\`.`);
    process.exitCode = 1;
  } else {
    writeFileSync(path.join(ROOT, file), after);
    say(`${file} written`);
  }
}
