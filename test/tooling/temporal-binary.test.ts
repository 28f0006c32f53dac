import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTemporal } from '../../scripts/temporal-binary.mjs';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'temporal-binary-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Stands in for the CLI, where only obtaining it matters. */
function writeExecutable(name: string, text = 'exit 0'): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A machine with tar and sh, and with neither Temporal nor Go unless `bin` has them. */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  for (const tool of ['tar', 'gzip', 'sh']) {
    const found = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
    writeExecutable(`bin/${tool}`, `exec ${found} "$@"`);
  }
  return { PATH: path.join(directory, 'bin'), XDG_CACHE_HOME: path.join(directory, 'cache'), ...extra };
}

async function serve(listener: RequestListener): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('takes the binary that TEMPORAL_CLI names before the one on PATH', async () => {
  const named = writeExecutable('elsewhere/temporal');
  const onPath = writeExecutable('bin/temporal');
  await expect(ensureTemporal(environment({ TEMPORAL_CLI: named }))).resolves.toBe(named);
  await expect(ensureTemporal(environment())).resolves.toBe(onPath);
});

test('refuses a TEMPORAL_CLI that is not there', async () => {
  await expect(ensureTemporal(environment({ TEMPORAL_CLI: '/nowhere/temporal' }))).rejects.toThrow(
    'TEMPORAL_CLI names /nowhere/temporal',
  );
});

test('downloads once, even when two processes need it at the same time', async () => {
  writeExecutable('archive/temporal', 'echo temporal');
  execFileSync('tar', ['-czf', path.join(directory, 'archive.tgz'), '-C', path.join(directory, 'archive'), 'temporal']);
  const requests: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    requests.push(request.url);
    response.end(readFileSync(path.join(directory, 'archive.tgz')));
  });
  const env = environment({ TEMPORAL_CLI_DOWNLOAD: server.url });

  const [first, second] = await Promise.all([ensureTemporal(env), ensureTemporal(env)]);
  server.close();
  expect(first).toBe(second);
  expect(execFileSync(first, { encoding: 'utf8' })).toBe('temporal\n');
  expect(requests).toEqual([expect.stringMatching(/^\/v\d+\.\d+\.\d+\?platform=\w+&arch=\w+$/)]);
  await expect(ensureTemporal(env)).resolves.toBe(first);
  expect(requests).toHaveLength(1);
});

test('compiles with Go where nothing can be downloaded', async () => {
  const server = await serve((_, response) => response.writeHead(503).end());
  writeExecutable(
    'bin/go',
    'echo "$@" > "$GOBIN/../arguments"; printf "#!/bin/sh\\n" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"',
  );
  const env = environment({ TEMPORAL_CLI_DOWNLOAD: server.url });
  env.PATH = `${env.PATH}${path.delimiter}/bin${path.delimiter}/usr/bin`;

  const binary = await ensureTemporal(env);
  server.close();
  expect(binary.startsWith(path.join(directory, 'cache'))).toBe(true);
  expect(readFileSync(path.join(path.dirname(binary), 'arguments'), 'utf8')).toMatch(
    /^install -v github\.com\/temporalio\/cli\/cmd\/temporal@v[\d.]+$/m,
  );
});

test('says what to do where nothing works', async () => {
  const server = await serve((_, response) => response.writeHead(404).end());
  const failure = ensureTemporal(environment({ TEMPORAL_CLI_DOWNLOAD: server.url }));
  await expect(failure).rejects.toThrow(
    /no Temporal CLI\. Install it .*TEMPORAL_CLI.*Go.*HTTP status 404.*go could not be/s,
  );
  server.close();
});
