import { expect, inject, test } from 'vitest';
import { cli } from '../cli/support/cli';
import { freePort } from '../support/installed-project';
import { doctor, serve, serveAnswers } from './support';

/** A namespace that is not there answers at once, and is a problem of its own. */
const NOWHERE = ['--address', inject('temporalAddress'), '--namespace', 'doctor-nowhere'];

const PARTS = ['worker', 'exporter', 'prometheus', 'alertmanager', 'grafana'] as const;

/** Every part at the same address. */
function everywhere(url: string): string[] {
  const flags = ['--worker-metrics', '--exporter', '--prometheus', '--alertmanager', '--grafana'];
  return [...NOWHERE, ...flags.flatMap((flag) => [flag, url])];
}

async function expectProblemInEach(url: string, ...more: string[]): Promise<string[]> {
  const { exitCode, report } = await doctor(...everywhere(url), ...more);
  expect(exitCode).toBe(1);
  const problems = report.checks.filter(({ status }) => status === 'problem');
  expect(new Set(problems.map(({ part }) => part))).toEqual(new Set(['temporal', ...PARTS]));
  for (const { fix } of problems) expect(fix).toBeTruthy();
  return problems.filter(({ part }) => part !== 'temporal').map(({ message }) => message);
}

test('nothing at all: each part is a problem of its own, with what mends it', async () => {
  const messages = await expectProblemInEach(`http://127.0.0.1:${await freePort()}`);
  for (const message of messages) expect(message).toContain('ECONNREFUSED');
});

test('Temporal that cannot be reached is a problem, and the rest is looked at all the same', async () => {
  const { exitCode, all } = await doctor('--address', '127.0.0.1:1', '--timeout', '1s');
  expect(exitCode).toBe(1);
  expect(all('problem')).toEqual(['temporal/reachable']);
  expect(all('warning')).toEqual(['worker/metrics', 'exporter/healthz']);
});

test('nobody at the usual addresses is a warning: they may run elsewhere', async () => {
  const { all, check } = await doctor(...NOWHERE);
  expect(all('problem')).toEqual(['temporal/namespace']);
  expect(all('warning')).toEqual(['worker/metrics', 'exporter/healthz']);
  expect(check('worker/metrics')?.fix).toContain('--worker-metrics off');
});

test('a web page in place of each part', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
  });
  const messages = await expectProblemInEach(url);
  expect(messages.join('\n')).toContain('text/html');
  expect(messages.join('\n')).toContain('answers with HTML instead of JSON');
});

test('a server that takes the question and never answers', async () => {
  const url = await serve(() => {});
  const messages = await expectProblemInEach(url, '--timeout', '1s');
  for (const message of messages) expect(message).toContain('did not answer within 1 s');
});

test('a body without end', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const url = await serve((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  });
  const { exitCode, check } = await doctor(
    ...NOWHERE,
    '--timeout',
    '30s',
    '--exporter',
    'off',
    '--worker-metrics',
    url,
  );
  expect(exitCode).toBe(1);
  expect(check('worker/metrics')?.message).toContain('sends more than 32 MiB');
});

test('a connection that breaks off, and one that redirects to itself', async () => {
  await expectProblemInEach(await serve((request) => request.socket.destroy()));
  await expectProblemInEach(
    await serve((request, response) => response.writeHead(302, { Location: request.url ?? '/' }).end()),
  );
});

test.each([
  ['nothing', null],
  ['a number', 42],
  [
    'lists of the wrong kind',
    { status: 'success', data: { activeTargets: [1, null, 'x'], groups: [{ rules: 7 }], result: {} } },
  ],
  ['an error', { status: 'error', error: 'no' }],
])('JSON that says something else: %s', async (_, answer) => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  });
  await expectProblemInEach(url);
});

test('a configuration of Alertmanager that cannot be read', async () => {
  const url = await serveAnswers({ '/-/ready': 'OK', '/api/v2/status': { config: { original: 'route: [}' } } });
  const { check } = await doctor(...NOWHERE, '--alertmanager', url);
  expect(check('alertmanager/configuration')?.status).toBe('problem');
});

test('text of servers cannot move the cursor of a terminal', async () => {
  const clear = '\u001b[2J';
  const url = await serveAnswers({ '/api/health': { database: 'ok', version: `1${clear}\n2` } });
  const { out } = await cli('doctor', ...NOWHERE, '--grafana', url);
  expect(out).not.toContain('\u001b');
  expect(out).toContain('Grafana 1\\u001b[2J 2 at');
});

test('user and password are sent, and never shown', async () => {
  const seen: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(500).end();
  });
  const withPassword = url.replace('http://', 'http://reader:hush%40@');
  const text = await cli('doctor', ...NOWHERE, '--prometheus', withPassword, '--worker-metrics', withPassword);
  expect(seen).toContain(`Basic ${Buffer.from('reader:hush@').toString('base64')}`);
  expect(text.out + text.err).not.toContain('hush');
});

test.each([
  [['--prometheus', 'localhost:9090']],
  [['--grafana', 'ftp://grafana']],
  [['--timeout', '1h']],
  [['--worker-job', '(']],
  [['--only', 'AgentMood']],
])('wrong usage is exit code 2: %s', async (args) => {
  expect((await cli('doctor', ...args)).exitCode).toBe(2);
});

test('the text ends with a line that counts', async () => {
  const { out, err } = await cli('doctor', ...NOWHERE, '--worker-metrics', 'off', '--exporter', 'off');
  expect(out.split('\n').at(-1)).toBe('doctor: 1 problem, 0 warnings, 1 ok, 5 skipped');
  expect(err).toBe('error: 1 problem was found.');
});
