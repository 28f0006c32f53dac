/**
 * Writes the files of `alerts/` that are generated, and the dashboards. With `--check` it only says whether they are up
 * to date.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { npm, ROOT, say } from './process.mjs';

const require = createRequire(import.meta.url);
const { alertFiles } = require('#lib/cli/render/write-files');
const { DEFAULT_RULE_CONFIG } = require('#lib/rules/rule-config');

const check = process.argv.includes('--check');
const folder = path.join(ROOT, 'alerts');
mkdirSync(folder, { recursive: true });
const existing = readdirSync(folder).filter((name) => name.endsWith('.yml'));
/** @type {Map<string, string>} */
const wanted = alertFiles(DEFAULT_RULE_CONFIG);

for (const [name, text] of wanted) {
  if (existing.includes(name) && readFileSync(path.join(folder, name), 'utf8') === text) continue;
  differs(name, () => writeFileSync(path.join(folder, name), text));
}
for (const name of existing) {
  if (!wanted.has(name)) differs(name, () => rmSync(path.join(folder, name)));
}

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
if ('render:dashboards' in scripts) await npm(['run', 'render:dashboards', ...(check ? ['--', '--check'] : [])]);

/**
 * @param {string} name
 * @param {() => void} mend
 */
function differs(name, mend) {
  if (check) {
    say(`alerts/${name} is out of date: run \`npm run render\`.`);
    process.exitCode = 1;
  } else {
    mend();
    say(`alerts/${name} written`);
  }
}
