import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { chooseLine, installedVersions } from '#lib/otel/packages';

const SDK = '@opentelemetry/sdk-node';
const EXPORTER = '@opentelemetry/exporter-trace-otlp-http';
const V1 = '@temporalio/interceptors-opentelemetry';
const V2 = '@temporalio/interceptors-opentelemetry-v2';

test('the line is that of the installed packages', () => {
  expect(chooseLine(installedVersions())).toBe(1);
  expect(chooseLine({ [SDK]: '0.217.0', [EXPORTER]: '0.217.0', [V2]: '1.23.0' })).toBe(2);
  expect(chooseLine({ [SDK]: '0.217.0', [EXPORTER]: '0.217.0', [V1]: '1.24.0', [V2]: '1.23.0' })).toBe(2);
});

test.each([
  ['nothing', {}, /none of them is installed.*npm i @opentelemetry\/sdk-node@0\.57/],
  ['no SDK', { [EXPORTER]: '0.57.2', [V1]: '1.24.0' }, /same OpenTelemetry line/],
  [
    'no exporter',
    { [SDK]: '0.57.2', [V1]: '1.24.0' },
    /same OpenTelemetry line \(installed: @opentelemetry\/sdk-node@0\.57\.2/,
  ],
  [
    'no interceptors',
    { [SDK]: '0.57.2', [EXPORTER]: '0.57.2' },
    /needs @temporalio\/interceptors-opentelemetry beside/,
  ],
  [
    'the other interceptors',
    { [SDK]: '0.217.0', [EXPORTER]: '0.217.0', [V1]: '1.24.0' },
    /-v2 beside OpenTelemetry 2\.x/,
  ],
  ['two lines', { [SDK]: '0.57.2', [EXPORTER]: '0.217.0', [V1]: '1.24.0' }, /same OpenTelemetry line.*@0\.217\.0/],
  [
    'a line without interceptors',
    { [SDK]: '0.301.0', [EXPORTER]: '0.301.0', [V1]: '1.24.0' },
    /no interceptors for 3\.x/,
  ],
])('with %s the error says what to install', (_, installed, message) => {
  expect(() => chooseLine(installed)).toThrow(message);
  expect(() => chooseLine(installed)).toThrow(/Run: npm i /);
});

test('an OpenTelemetry SDK is loaded by startTelemetry and nothing else', () => {
  const script = `
    const loaded = () => Object.keys(require.cache).some((file) => /[\\\\/]@opentelemetry[\\\\/](?!api[\\\\/])/.test(file));
    require('temporal-agent-observability');
    const { startTelemetry } = require('temporal-agent-observability/otel');
    const before = loaded();
    startTelemetry();
    console.log(before, loaded());
    process.exit();`;
  const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' };
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' });
  expect(stdout, stderr).toBe('false true\n');
});
