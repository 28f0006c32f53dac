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

const environment = () => ({ PATH: path.join(directory, 'bin') });

test('takes what is on PATH, by whichever name', async () => {
  const promtool = writeExecutable('bin/promtool');
  const alertmanager = writeExecutable('bin/prometheus-alertmanager');
  await expect(ensurePrometheusTool('promtool', environment())).resolves.toBe(promtool);
  await expect(ensurePrometheusTool('alertmanager', environment())).resolves.toBe(alertmanager);
});

test('installs the Debian package once, for all programs in it', async () => {
  // It stands in for Debian, where only what is asked of it matters.
  const log = path.join(directory, 'log');
  const bin = path.join(directory, 'bin');
  const make = `for name in prometheus promtool; do echo '#!/bin/sh' > ${bin}/$name; /bin/chmod +x ${bin}/$name; done`;
  writeExecutable('bin/apt-get', `echo "$@" >> ${log}; ${make}`);
  const promtool = await ensurePrometheusTool('promtool', environment());
  const prometheus = await ensurePrometheusTool('prometheus', environment());
  expect([promtool, prometheus]).toEqual([path.join(bin, 'promtool'), path.join(bin, 'prometheus')]);
  expect(readFileSync(log, 'utf8')).toBe('-qq install -y --no-install-recommends prometheus\n');
});

test('asks Debian which packages there are, where it does not know them yet', async () => {
  const log = path.join(directory, 'log');
  const amtool = path.join(directory, 'bin', 'amtool');
  const install = `[ -e ${directory}/updated ] || exit 100; echo '#!/bin/sh' > ${amtool}; /bin/chmod +x ${amtool}`;
  const script = `echo "$2" >> ${log}; case "$2" in update) : > ${directory}/updated ;; *) ${install} ;; esac`;
  writeExecutable('bin/apt-get', script);
  await expect(ensurePrometheusTool('amtool', environment())).resolves.toBe(amtool);
  expect(readFileSync(log, 'utf8')).toBe('install\nupdate\ninstall\n');
});

test('says how to get what cannot be had', async () => {
  const error = await ensurePrometheusTool('amtool', environment()).catch((reason: Error) => reason.message);
  expect(error).toMatch(/^no amtool\. Install it .*apt-get install prometheus-alertmanager/);
  expect(error).toContain('apt-get could not be started');
});
