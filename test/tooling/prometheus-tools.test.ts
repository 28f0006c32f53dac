import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'prometheus-tools-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function writeExecutable(name: string, text = 'exit 0'): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const environment = () => ({ PATH: path.join(directory, 'bin'), XDG_CACHE_HOME: path.join(directory, 'cache') });

test('takes what is on PATH, by whichever name', async () => {
  const promtool = writeExecutable('bin/promtool');
  const alertmanager = writeExecutable('bin/prometheus-alertmanager');
  await expect(ensurePrometheusTool('promtool', environment())).resolves.toBe(promtool);
  await expect(ensurePrometheusTool('alertmanager', environment())).resolves.toBe(alertmanager);
});

test('unpacks the Debian package once, for all programs in it', async () => {
  // They stand in for Debian, where only what is done with its packages matters.
  const log = path.join(directory, 'log');
  writeExecutable('bin/apt-get', `echo "$@" >> ${log}; : > "$2.deb"`);
  const content = '#!/bin/sh';
  writeExecutable(
    'bin/dpkg-deb',
    `PATH=/usr/bin:/bin; mkdir -p "$3/usr/bin"; for name in prometheus promtool; do echo '${content}' > "$3/usr/bin/$name"; chmod +x "$3/usr/bin/$name"; done`,
  );
  const promtool = await ensurePrometheusTool('promtool', environment());
  const prometheus = await ensurePrometheusTool('prometheus', environment());
  expect([path.basename(promtool), path.basename(prometheus)]).toEqual(['promtool', 'prometheus']);
  expect(readFileSync(promtool, 'utf8')).toContain(content);
  expect(readFileSync(log, 'utf8')).toBe('download prometheus\n');
});

test('says how to get what cannot be had', async () => {
  const error = await ensurePrometheusTool('amtool', environment()).catch((reason: Error) => reason.message);
  expect(error).toMatch(/^no amtool\. Install it .*apt-get install prometheus-alertmanager/);
  expect(error).toContain('apt-get could not be started');
});
