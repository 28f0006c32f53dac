import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflowCode } from '@temporalio/worker';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime';
import { cli } from './support/cli';

const workflows = require.resolve('./support/transforms/modules-at-work.ts');
const conflicting = require.resolve('./support/transforms/conflicting.ts');
const late = require.resolve('./support/transforms/late.ts');
const directory = mkdtempSync(path.join(tmpdir(), 'cli-transforms-'));

beforeAll(() => {
  quietRuntime();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const transforms = (...args: string[]) => cli('transforms', ...args);

describe('lists the names', () => {
  test('of workflow code, whatever its modules do', async () => {
    expect(await transforms('--workflows', workflows)).toEqual({
      exitCode: 0,
      out: 'defined   head\ndefined   tail',
      err: '',
    });
  });

  test('as JSON', async () => {
    const { exitCode, out } = await transforms('--workflows', workflows, '--json');
    expect({ exitCode, ...JSON.parse(out) }).toEqual({ exitCode: 0, transforms: ['head', 'tail'], missing: [] });
  });

  test('of a bundle, with preloaded modules', async () => {
    const bundle = path.join(directory, 'bundle.js');
    const plugin = new AgentObservabilityPlugin({ metrics: 'off', content: 'off', logger: quietRuntime() });
    const preloaded = require.resolve('../transforms/workflows/transforms.ts');
    const options = {
      workflowsPath: preloaded,
      preloadModules: [preloaded],
      plugins: [plugin],
      logger: quietRuntime(),
    };
    writeFileSync(bundle, (await bundleWorkflowCode(options)).code);
    const { out } = await transforms('--bundle', bundle, '--json');
    expect(JSON.parse(out).transforms).toEqual(['head', 'link', 'strict', 'titles']);
  });

  test('of code that has none', async () => {
    const none = require.resolve('./support/workflows.ts');
    const { exitCode, out, err } = await transforms('--workflows', none);
    expect({ exitCode, out, err }).toEqual({ exitCode: 0, out: '', err: 'The workflow code defines no transforms.' });
  });
});

test('prints nothing but its output, and ends', async () => {
  const command = [path.join(__dirname, '../../lib/cli/main.js'), 'transforms', '--workflows'];
  const failing = promisify(execFile)(process.execPath, [...command, conflicting]);
  await expect(failing).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('error: ') });
});

describe('with --require', () => {
  test('succeeds when all names are there', async () => {
    const { exitCode, out } = await transforms('--workflows', workflows, '--require', 'head');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'required  head\ndefined   tail' });
  });

  test('fails when one is missing, and says which', async () => {
    const { exitCode, out, err } = await transforms(
      '--workflows',
      workflows,
      '--require',
      'head,titles',
      '--require',
      'x',
    );
    expect(exitCode).toBe(1);
    expect(out).toContain('missing   titles\nmissing   x');
    expect(err).toContain('error: Not defined by this workflow code: titles, x.');
  });

  test('fails with JSON too', async () => {
    const { exitCode, out } = await transforms('--workflows', workflows, '--require', 'titles', '--json');
    expect({ exitCode, missing: JSON.parse(out).missing }).toEqual({ exitCode: 1, missing: ['titles'] });
  });

  test('does not count a name that only a running workflow would define', async () => {
    const { exitCode } = await transforms('--workflows', late, '--require', 'head');
    expect(exitCode).toBe(1);
  });
});

describe('says clearly', () => {
  test('that a name is defined twice', async () => {
    const { exitCode, err } = await transforms('--workflows', conflicting);
    expect(exitCode).toBe(1);
    expect(err).toContain('defineTransforms: "head" is defined already, with another function');
    expect(err).toContain('conflicting.ts:4');
    expect(err).not.toContain('Failure {');
  });

  test('that a bundle was built without the plugin', async () => {
    const bundle = path.join(directory, 'without.js');
    writeFileSync(bundle, (await bundleWorkflowCode({ workflowsPath: workflows, logger: quietRuntime() })).code);
    const { exitCode, err } = await transforms('--bundle', bundle);
    expect(exitCode).toBe(1);
    expect(err).toContain('The bundle was built without the plugin');
  });

  test('that code cannot be bundled', async () => {
    const broken = path.join(directory, 'broken.ts');
    writeFileSync(broken, "import './nowhere';\n");
    const { exitCode, err } = await transforms('--workflows', broken);
    expect(exitCode).toBe(1);
    expect(err).toContain("Can't resolve './nowhere'");
  });

  test.each<[string, string[], string]>([
    ['neither is given', [], 'Give either --workflows <path> or --bundle <file>.'],
    ['both are given', ['--workflows', workflows, '--bundle', 'x'], 'Give either'],
    ['there is no such code', ['--workflows', '/nowhere/workflows.ts'], 'there is no /nowhere/workflows.ts'],
    ['there is no such bundle', ['--bundle', '/nowhere/bundle.js'], '--bundle cannot be read: ENOENT'],
  ])('that %s', async (_, args, message) => {
    const { exitCode, err } = await transforms(...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});
