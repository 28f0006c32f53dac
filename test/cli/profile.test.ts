import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { addConnectionOptions, type ConnectionFlags, connectionOptions } from '#lib/cli/connection';
import { loadProfile } from '#lib/cli/profile';
import { cli } from './support/cli';

const TOML = `
[profile.default]
address = "default:1"
namespace = "of-default"

[profile.cloud]
address = "cloud:2"
namespace = "of-cloud"
api_key = "key-of-cloud"
grpc_meta = { "x-team" = "agents" }

[profile.mtls]
address = "mtls:3"
[profile.mtls.tls]
server_name = "temporal.internal"
client_cert_data = "CERT"
client_key_data = "KEY"

[profile.plain]
address = "plain:4"
api_key = "key"
tls = { disabled = true }
`;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cli-profile-'));
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('TEMPORAL_') && key !== 'TEMPORAL_CLI')) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('TEMPORAL_CONFIG_FILE', path.join(directory, 'temporal.toml'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const write = (text = TOML) => writeFileSync(path.join(directory, 'temporal.toml'), text);

/** What a command is given, and what it would connect with. */
async function connection(...args: string[]) {
  let given: ConnectionFlags | undefined;
  const command = addConnectionOptions(new Command('any')).action((flags: ConnectionFlags) => {
    given = flags;
  });
  await command.exitOverride().parseAsync(args, { from: 'user' });
  if (given === undefined) throw new Error('the command did not run');
  const { connectTimeout: _, ...options } = connectionOptions(given, process.env);
  return { namespace: given.namespace, ...options };
}

describe('a profile', () => {
  test('says the connection where neither flag nor variable does', async () => {
    write();
    expect(await connection()).toEqual({ address: 'default:1', namespace: 'of-default' });
    expect(await connection('--profile', 'cloud')).toEqual({
      address: 'cloud:2',
      namespace: 'of-cloud',
      apiKey: 'key-of-cloud',
      tls: true,
      metadata: { 'x-team': 'agents' },
    });
    vi.stubEnv('TEMPORAL_PROFILE', 'mtls');
    expect(await connection()).toEqual({
      address: 'mtls:3',
      namespace: 'default',
      tls: {
        serverNameOverride: 'temporal.internal',
        clientCertPair: { crt: Buffer.from('CERT'), key: Buffer.from('KEY') },
      },
    });
  });

  test('comes after flags and variables, each for itself', async () => {
    write();
    vi.stubEnv('TEMPORAL_NAMESPACE', 'of-variable');
    expect(await connection('--profile', 'cloud', '--address', 'flag:9')).toMatchObject({
      address: 'flag:9',
      namespace: 'of-variable',
      apiKey: 'key-of-cloud',
    });
    vi.stubEnv('TEMPORAL_API_KEY', 'key-of-variable');
    vi.stubEnv('TEMPORAL_ADDRESS', 'variable:8');
    expect(await connection('--profile', 'cloud')).toMatchObject({ address: 'variable:8', apiKey: 'key-of-variable' });
    vi.stubEnv('TEMPORAL_TLS_SERVER_NAME', 'of-variable');
    expect(await connection('--profile', 'mtls')).toMatchObject({ tls: { serverNameOverride: 'of-variable' } });
  });

  test('a flag given as it is by default is given', async () => {
    write();
    expect(await connection('--address', 'localhost:7233', '--namespace', 'default')).toEqual({
      address: 'localhost:7233',
      namespace: 'default',
    });
  });

  test('can switch TLS off, and be overruled', async () => {
    write();
    expect(await connection('--profile', 'plain')).toMatchObject({ apiKey: 'key', tls: false });
    expect(await connection('--profile', 'plain', '--tls')).toMatchObject({ tls: true });
    vi.stubEnv('TEMPORAL_TLS', 'false');
    expect(await connection('--profile', 'mtls')).not.toHaveProperty('tls');
  });

  test('is not asked for when there is no file, or none in it', async () => {
    expect(await connection()).toEqual({ address: 'localhost:7233', namespace: 'default' });
    write('# nothing yet\n');
    expect(await connection()).toEqual({ address: 'localhost:7233', namespace: 'default' });
  });

  test('is found in the place where Temporal writes it', async () => {
    const folders = {
      linux: path.join('temporalio'),
      darwin: path.join('Library', 'Application Support', 'temporalio'),
      win32: 'temporalio',
    };
    const folder = path.join(directory, folders[process.platform as keyof typeof folders]);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'temporal.toml'), TOML);
    const env = { HOME: directory, APPDATA: directory, XDG_CONFIG_HOME: directory };
    expect(await loadProfile(undefined, env)).toMatchObject({ address: 'default:1' });
    expect(await loadProfile(undefined, { ...env, TEMPORAL_CONFIG_FILE: path.join(directory, 'none') })).toEqual({});
  });
});

describe('every command says what is wrong with a profile', () => {
  test.each([
    ['--profile', TOML, `The Temporal profile "no" cannot be read in `],
    ['--profile', undefined, `The Temporal profile "no" cannot be read in `],
    ['--profile', 'not = [toml', `The Temporal profile "no" cannot be read in `],
  ])('%s %#', async (flag, toml, message) => {
    if (toml !== undefined) write(toml);
    for (const command of [['setup'], ['findings'], ['explain', 'id'], ['exporter', '--check']]) {
      const { exitCode, err } = await cli(...command, flag, 'no');
      expect(err).toContain(`error: ${message}`);
      expect(exitCode).toBe(2);
    }
  });
});

test('without the package that reads profiles, a command says how to install it', async () => {
  write();
  // As it is for users who have no profiles: everything there but the optional package.
  const modules = path.join(directory, 'node_modules');
  mkdirSync(path.join(modules, '@temporalio'), { recursive: true });
  const link = (name: string) => symlinkSync(path.resolve('node_modules', name), path.join(modules, name), 'junction');
  for (const name of ['commander', 'prom-client', 'yaml']) link(name);
  for (const name of ['client', 'common', 'proto']) link(path.join('@temporalio', name));
  cpSync('lib', path.join(directory, 'lib'), { recursive: true });
  const run = async (...args: string[]) => {
    const main = path.join(directory, 'lib', 'cli', 'main.js');
    return promisify(execFile)(process.execPath, [main, ...args], { cwd: directory });
  };
  await expect(run('exporter', '--check', '--profile', 'cloud')).rejects.toMatchObject({
    code: 2,
    stderr:
      'error: The Temporal profile "cloud" cannot be read without the package @temporalio/envconfig.\n' +
      'Install it beside the other Temporal packages, in the same version: npm install @temporalio/envconfig\n',
  });
  await expect(run('exporter', '--check')).rejects.toMatchObject({
    stderr: expect.stringContaining("Temporal's configuration file"),
  });
  vi.stubEnv('TEMPORAL_CONFIG_FILE', path.join(directory, 'none.toml'));
  expect((await run('exporter', '--check')).stdout).toContain('address: localhost:7233');
});

test('a command reaches the server of a profile', async () => {
  write(`[profile.test]\naddress = "${inject('temporalAddress')}"\nnamespace = "profile-no-such-namespace"\n`);
  const { exitCode, err } = await cli('setup', '--dry-run', '--profile', 'test');
  expect(err).toContain('Namespace profile-no-such-namespace is not found');
  expect(exitCode).toBe(4);
});
