import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDING_IDS } from '#lib/definitions/findings';
import { METRICS } from '#lib/definitions/metrics';
import { checkCommand, commandsIn } from './command-line';
import { ALERTS } from './support';

const FOLDER = 'alerts/runbooks';
const pages = readdirSync(FOLDER).map(
  (file) => [path.basename(file, '.md'), readFileSync(path.join(FOLDER, file), 'utf8')] as const,
);

test('every alert has its runbook, and every runbook its alert', () => {
  expect(pages.map(([name]) => name).sort()).toEqual(ALERTS.map(({ alert }) => alert).sort());
});

describe.each(pages)('%s', (name, page) => {
  test('says what a reader needs, in the same order as all others', () => {
    expect(page.split('\n')[0]).toBe(`# ${name}`);
    const headings = page.split('\n').filter((line) => line.startsWith('## '));
    expect(headings).toEqual(['## Meaning', '## Impact', '## Diagnosis', '## Mitigation']);
    for (const section of page.split(/^## .*$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(30);
  });

  test('has commands that exist, in its diagnosis too', () => {
    const [, diagnosis = ''] = page.split('## Diagnosis');
    expect(commandsIn(diagnosis)).not.toEqual([]);
    for (const command of commandsIn(page)) checkCommand(command);
  });

  test('speaks of findings, metrics, alerts and pages that exist', () => {
    for (const [, id] of page.matchAll(/--id (\S+)/g)) expect(FINDING_IDS).toContain(id);
    for (const [, target = ''] of page.matchAll(/\]\(([^)#:]+\.md)\)/g)) {
      expect(existsSync(path.join(FOLDER, target)), target).toBe(true);
    }
    const metrics: readonly string[] = Object.values(METRICS).map((metric) => metric.name);
    for (const [metric] of page.matchAll(/temporal_agent_\w+/g)) expect(metrics).toContain(metric);
    const alerts = ALERTS.map(({ alert }) => alert);
    for (const [alert] of page.matchAll(/TemporalAgent\w+/g)) expect(alerts).toContain(alert);
  });
});

test.each(ALERTS)('the command of $alert exists', ({ command, expr }) => {
  const finding = /finding=~?"([\w-]+)/.exec(expr)?.[1];
  const filled = command
    .replaceAll(/\{\{ \$labels\.finding \}\}/g, finding ?? '')
    .replaceAll(/\{\{ \$labels\.\w+ \| .*? \}\}/g, 'agents');
  expect(filled).not.toContain('{{');
  checkCommand(`temporal-agent-observability ${filled}`);
});

describe('a command is refused', () => {
  test.each([
    'temporal-agent-observability overdues --namespace agents',
    'temporal-agent-observability approvals lists',
    'temporal-agent-observability overdue --task research',
    'temporal-agent-observability findings --id no-such-finding',
    'temporal-agent-observability findings --since',
    'temporal-agent-observability explain',
    'temporal-agent-observability overdue research',
    'temporal-agent-observability render',
  ])('%s', (command) => {
    expect(() => checkCommand(command)).toThrow();
  });
});
