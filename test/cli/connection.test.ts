import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { connectionOptions } from '#lib/cli/connection';

const flags = { address: 'host:7233', namespace: 'default' };

test('connects without TLS unless something asks for it', () => {
  expect(connectionOptions(flags, {})).not.toHaveProperty('tls');
  expect(connectionOptions(flags, { TEMPORAL_TLS: 'false' })).not.toHaveProperty('tls');
});

test.each([
  ['the flag', { ...flags, tls: true }, {}],
  ['TEMPORAL_TLS', flags, { TEMPORAL_TLS: 'true' }],
  ['an API key', { ...flags, apiKey: 'key' }, {}],
])('%s switches TLS on', (_, given, env) => {
  expect(connectionOptions(given, env)).toMatchObject({ tls: true });
});

test('reads certificates from files and variables', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'cli-connection-'));
  const key = path.join(directory, 'client.key');
  writeFileSync(key, 'KEY');
  const options = connectionOptions(flags, {
    TEMPORAL_TLS_CLIENT_CERT_DATA: 'CERT',
    TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'CA',
    TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
  });
  rmSync(directory, { recursive: true });
  expect(options.tls).toEqual({
    serverNameOverride: 'temporal.internal',
    serverRootCACertificate: Buffer.from('CA'),
    clientCertPair: { crt: Buffer.from('CERT'), key: Buffer.from('KEY') },
  });
});

test('refuses half a client certificate and a file that cannot be read', () => {
  expect(() => connectionOptions(flags, { TEMPORAL_TLS_CLIENT_CERT_DATA: 'CERT' })).toThrow('certificate and its key');
  expect(() => connectionOptions(flags, { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/no/such/file' })).toThrow(
    'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  );
});
