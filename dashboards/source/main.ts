/**
 * Writes `dashboards/*.json`. With `--check` it only says whether they are up to date.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboards } from './index';

const folder = path.join(__dirname, '..');

for (const [name, dashboard] of Object.entries(dashboards())) {
  const file = path.join(folder, `${name}.json`);
  const text = `${JSON.stringify(dashboard, null, 2)}\n`;
  if (process.argv.includes('--check')) {
    if (read(file) === text) continue;
    process.stderr.write(`dashboards/${name}.json is out of date: run \`npm run render:dashboards\`.\n`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
