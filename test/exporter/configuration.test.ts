import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cli } from '../cli/support/cli';

const ENV = 'TEMPORAL_AGENT_OBSERVABILITY_EXPORTER_';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'exporter-configuration-'));
  file = path.join(directory, 'exporter.yaml');
  // Whoever runs the tests may have settings of their own.
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('TEMPORAL_') && key !== 'TEMPORAL_CLI')) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('TEMPORAL_CONFIG_FILE', path.join(directory, 'none.toml'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function yaml(text: string): string {
  writeFileSync(file, text);
  return file;
}

/** The options in force and where they come from. */
async function effective(...args: string[]) {
  const { exitCode, out, err } = await cli('exporter', '--check', '--json', ...args);
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  return JSON.parse(out);
}

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, out, err } = await cli('exporter', '--check', ...args);
  expect(out).toBe('');
  expect(exitCode).toBe(2);
  return err;
}

describe('precedence', () => {
  test('a flag comes before a variable, a variable before the file, the file before the default', async () => {
    const config = yaml('pollInterval: 1m\nlistLimit: 10\nfailingAttempts: 4\n');
    vi.stubEnv(`${ENV}POLL_INTERVAL`, '2m');
    vi.stubEnv(`${ENV}LIST_LIMIT`, '20');
    const { options, sources } = await effective('--config', config, '--poll-interval', '3m');
    expect(options).toMatchObject({ pollInterval: '3m', listLimit: 20, failingAttempts: 4, describeLimit: 20 });
    expect(sources).toEqual({
      pollInterval: '--poll-interval',
      listLimit: `${ENV}LIST_LIMIT`,
      failingAttempts: `${file}:3`,
    });
  });

  test('task types and findings are merged one by one', async () => {
    const config = yaml(`
taskTypes:
  research: { expected: 45m, approvalSla: 5m }
  triage: { expected: 5m }
findings:
  orphaned-agent: info
  approval-overdue: info
`);
    vi.stubEnv(`${ENV}TASK_TYPES_EXPECTED`, 'research=1h,new=2h');
    vi.stubEnv(`${ENV}FINDINGS`, 'orphaned-agent=off');
    const flags = [
      '--task-types-expected',
      'new=3h',
      '--task-types-expected',
      'b=4h',
      '--findings',
      'nondeterminism=info',
    ];
    const { options } = await effective('--config', config, ...flags);
    expect(options.taskTypes).toEqual({
      research: { expected: '1h', approvalSla: '5m' },
      triage: { expected: '5m' },
      new: { expected: '3h' },
      b: { expected: '4h' },
    });
    expect(options.findings).toEqual({
      'orphaned-agent': 'off',
      'approval-overdue': 'info',
      nondeterminism: 'info',
    });
  });

  test('the configuration file is named by flag or variable', async () => {
    vi.stubEnv(`${ENV}CONFIG`, yaml('pollInterval: 1m'));
    expect((await effective()).options.pollInterval).toBe('1m');
  });

  test("Temporal's own variables hold for the connection and the namespace", async () => {
    const config = yaml('namespaces: [a]\ntemporal: { address: "file:1", apiKey: secret, tls: true }');
    expect((await effective('--config', config)).options).toMatchObject({
      namespaces: ['a'],
      temporal: { address: 'file:1', tls: true },
    });
    vi.stubEnv('TEMPORAL_ADDRESS', 'variable:2');
    vi.stubEnv('TEMPORAL_NAMESPACE', 'b');
    vi.stubEnv('TEMPORAL_TLS', 'false');
    expect((await effective('--config', config)).options).toMatchObject({
      namespaces: ['b'],
      temporal: { address: 'variable:2', tls: false },
    });
    vi.stubEnv(`${ENV}NAMESPACES`, 'c,d');
    const flags = ['--address', 'flag:3', '--tls'];
    expect((await effective('--config', config, ...flags)).options).toMatchObject({
      namespaces: ['c', 'd'],
      temporal: { address: 'flag:3', tls: true },
    });
    const { options } = await effective('--config', config, '--namespace', 'e,f', '--namespace', 'g');
    expect(options.namespaces).toEqual(['e', 'f', 'g']);
  });

  test('a profile that is asked for comes before the file, one that the file names after it', async () => {
    const toml = path.join(directory, 'temporal.toml');
    writeFileSync(toml, '[profile.staging]\naddress = "profile:4"\nnamespace = "p"\napi_key = "profile-key"\n');
    vi.stubEnv('TEMPORAL_CONFIG_FILE', toml);
    const config = yaml('temporal: { address: "file:1", profile: staging }');
    const named = await effective('--config', config);
    expect(named.options).toMatchObject({ namespaces: ['p'], temporal: { address: 'file:1' } });
    expect(named.sources).toMatchObject({ namespaces: 'profile "staging"', 'temporal.apiKey': 'profile "staging"' });
    const asked = await effective('--config', config, '--profile', 'staging');
    expect(asked.options.temporal.address).toBe('profile:4');
    vi.stubEnv('TEMPORAL_ADDRESS', 'variable:2');
    expect((await effective('--profile', 'staging')).options.temporal.address).toBe('variable:2');
  });
});

describe('a file is refused with file, line, key, what was expected and what came', () => {
  test.each([
    [
      'a misspelt option',
      'pollInterval: 1m\nlistLimits: 3\n',
      ':2: options: unknown option "listLimits"; expected namespaces, ',
    ],
    ['one below', 'expected:\n  window: 3d\n\n  flor: 1m\n', ':4: expected: unknown option "flor"; expected window, '],
    [
      'one of a task type',
      'taskTypes:\n  "a b":\n    p95: 1m\n',
      ':3: taskTypes["a b"]: unknown option "p95"; expected expected, ',
    ],
    ['a number for a duration', '# first\npollInterval: 30\n', ":2: pollInterval: expected a duration such as '30s', "],
    ['one deep below', 'taskTypes:\n  a:\n    expected: 45\n', ':3: taskTypes["a"].expected: expected a duration'],
    [
      'flow style',
      'taskTypes: { a: {},\n  b: { expected: 45 } }\n',
      ':2: taskTypes["b"].expected: expected a duration',
    ],
    [
      'an alias',
      'expected: &e\n  factor: 0\ntaskTypes: { a: *e }\n',
      ':2: expected.factor: expected a number above 0, got 0',
    ],
    [
      'an unknown finding',
      'findings:\n  no-such: off\n',
      ':2: findings: unknown option "no-such"; expected llm-in-workflow, ',
    ],
    ['a section without content', 'expected:\n', ':1: expected: expected an object of options, got null'],
    ['a list', '- a\n', ':1: options: expected an object of options, got an array'],
    ['a key that is there twice', 'listLimit: 1\nlistLimit: 2\n', ':2:1: Map keys must be unique'],
    ['what is no YAML', 'expected: [\n', ':2:1: Flow sequence in block collection must be sufficiently indented'],
  ])('%s', async (_, text, message) => {
    expect(await refusal('--config', yaml(text))).toContain(`error: ${file}${message}`);
  });

  test('a file that is not there', async () => {
    expect(await refusal('--config', path.join(directory, 'no.yaml'))).toContain(
      'error: The configuration cannot be read: ENOENT',
    );
  });

  test.each(['', '# pollInterval: 1m\n', '{}', '{ "pollInterval": "30s" }'])('%j is a configuration', async (text) => {
    expect((await effective('--config', yaml(text))).options.pollInterval).toBe('30s');
  });
});

test('a wrong flag or variable is refused by its name', async () => {
  expect(await refusal('--poll-interval', '30')).toContain('error: --poll-interval: expected a duration');
  expect(await refusal('--task-types-expected', 'research')).toContain(
    'error: --task-types-expected: expected <name>=',
  );
  expect(await refusal('--findings', 'x=off')).toContain('error: --findings: unknown option "x"; expected ');
  vi.stubEnv(`${ENV}METRICS_PORT`, 'http');
  expect(await refusal()).toContain(`error: ${ENV}METRICS_PORT: expected a whole number from 0 to 65535, got "http"`);
});

test('flags that contradict each other are refused', async () => {
  expect(await cli('exporter', '--json')).toMatchObject({ exitCode: 2, err: 'error: --json is for --check.' });
  expect(await cli('exporter', '--check', '--once')).toMatchObject({ exitCode: 2 });
});

test('a variable that is no option is named, one that Kubernetes sets is not', async () => {
  vi.stubEnv(`${ENV}POLL_INTERVALS`, '1m');
  vi.stubEnv(`${ENV}SERVICE_HOST`, '10.0.0.1');
  vi.stubEnv(`${ENV}PORT_9466_TCP_ADDR`, '10.0.0.1');
  const { exitCode, err } = await cli('exporter', '--check');
  expect(err).toBe(`${ENV}POLL_INTERVALS is no option of the exporter and does nothing.`);
  expect(exitCode).toBe(0);
});

test('what --check prints is a configuration file, without the API key', async () => {
  vi.stubEnv('TEMPORAL_API_KEY', 'very-secret');
  const { out } = await cli('exporter', '--check', '--poll-interval', '1m', '--task-types-approval-sla', 'a=5m');
  expect(out).toContain('pollInterval: 1m # --poll-interval\n');
  expect(out).toContain('listLimit: 1000 # default\n');
  expect(out).not.toContain('very-secret');
  vi.stubEnv('TEMPORAL_API_KEY', undefined);
  const { options } = await effective('--config', yaml(out));
  expect(options).toMatchObject({ pollInterval: '1m', taskTypes: { a: { approvalSla: '5m' } } });
});

test('--check refuses a certificate that cannot be read', async () => {
  vi.stubEnv('TEMPORAL_TLS_SERVER_CA_CERT_PATH', '/no/such/file');
  expect(await refusal()).toContain('TEMPORAL_TLS_SERVER_CA_CERT_PATH cannot be read');
});
