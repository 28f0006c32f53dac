import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freePort, type InstalledProject, installProject } from '../support/installed-project';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CURRENT: string = JSON.parse(
  readFileSync(path.join(ROOT, 'node_modules/@temporalio/worker/package.json'), 'utf8'),
).version;

// The oldest one that the peer range allows, and the one that everything else is tested with.
describe.each(['1.21.0', CURRENT])('installed beside Temporal %s', (version) => {
  let project: InstalledProject;

  beforeAll(async () => {
    project = await installProject({
      files: path.join(import.meta.dirname, 'fixtures'),
      dependencies: {
        '@temporalio/client': version,
        '@temporalio/worker': version,
        '@temporalio/workflow': version,
        '@types/node': '^20',
      },
    });
  });
  afterAll(() => project.remove());

  test.each(['worker.cjs', 'worker.mjs'])('%s observes an agent', async (script) => {
    const stdout = await project.run([script], {
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      METRICS_PORT: String(await freePort()),
      TASK_QUEUE: `package-${version}-${script}`,
    });
    const { result, metrics, searchAttributes, entryPoints } = JSON.parse(stdout);

    expect(result).toBe('hello');
    expect(entryPoints).toEqual({ activity: true, client: true, content: true, llm: true, workflow: true });
    expect(metrics).toMatch(/^temporal_agent_llm_input_tokens_total\{.*model="gpt-4o-mini-2024-07-18".*\} 7$/m);
    expect(Object.fromEntries(searchAttributes)).toMatchObject({ AgentTaskType: 'greet', AgentTokens: 10 });
    expect(readdirSync(path.join(project.directory, '.agent-content'))).toContain('records');
  });

  test.each(['types.cts', 'types.mts'])('%s compiles under strict rules', async (file) => {
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const rules = [
      '--strict',
      '--noEmit',
      '--module',
      'node16',
      '--target',
      'es2022',
      '--skipLibCheck',
      '--types',
      'node',
    ];
    await expect(project.run([tsc, ...rules, file])).resolves.toBe('');
  });

  test('the command starts', async () => {
    const command = path.join(project.directory, 'node_modules/.bin/temporal-agent-observability');
    await expect(project.run([command, '--help'])).resolves.toContain('Usage: temporal-agent-observability');
  });

  test('the command renders rules and dashboards from what is shipped', async () => {
    const command = path.join(project.directory, 'node_modules/.bin/temporal-agent-observability');
    const rendered = (await project.run([command, 'render', '--out', 'monitoring'])).trim().split('\n');
    const shipped = path.join(project.directory, 'node_modules/temporal-agent-observability');
    expect(rendered).toEqual(expect.arrayContaining(['alerts/findings.rules.yml', 'dashboards/agents.json']));
    for (const name of rendered) {
      const text = readFileSync(path.join(project.directory, 'monitoring', name), 'utf8');
      expect(text).toBe(readFileSync(path.join(shipped, name), 'utf8'));
    }
    expect(readdirSync(path.join(shipped, 'alerts/runbooks'))).toContain('TemporalAgentRunsOverdue.md');
    expect(existsSync(path.join(shipped, 'dashboards/source'))).toBe(false);
  });

  test('one copy of each Temporal package and of the OpenTelemetry API is installed', () => {
    const nested = path.join(project.directory, 'node_modules/temporal-agent-observability/node_modules');
    expect(existsSync(nested) ? readdirSync(nested) : []).toEqual([]);
    expect(existsSync(path.join(project.directory, 'node_modules/@opentelemetry/api'))).toBe(true);
  });
});
