import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboardUid } from '#lib/rules/rule-text';

/** Docker is not at hand where tests run: what can be known of the files without it, is. */
const ROOT = path.join(import.meta.dirname, '../..');
const COMPOSE = path.join(ROOT, 'compose');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const read = (...names: string[]) => readFileSync(path.join(COMPOSE, ...names), 'utf8');
const yaml = (...names: string[]) => parse(read(...names), { merge: true });

const file = yaml('docker-compose.yml') as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(file.services);
const env = new Map(
  read('.env')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => line.split('=') as [string, string]),
);

test.each(services)(
  '%s has a pinned image and a health check that asks at 127.0.0.1, or of another service',
  (name, service) => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/);
    const check = service.healthcheck?.test.join(' ') ?? '';
    expect(check).not.toBe('');
    expect(check).not.toContain('localhost');
    expect(check).toContain(name === 'ready' ? 'grafana:3000' : '127.0.0.1');
  },
);

test('the image that is built has a pinned one below it', () => {
  expect(read('Dockerfile')).toMatch(/^FROM node:\d+\.\d+\.\d+-slim$/m);
});

test('what is rendered is where Prometheus and Grafana look for it, and may be written', () => {
  const mounts = (name: string) => (file.services[name]?.volumes ?? []).map((volume) => volume.split(':'));
  const mountOf = (name: string, volume: string) => mounts(name).find(([source]) => source === volume)?.[1] ?? '';
  const out = '/monitoring';
  expect(file.services.rendered?.command?.join(' ')).toContain(`--out ${out} `);
  expect(mountOf('rendered', 'alerts')).toBe(`${out}/alerts`);
  expect(mountOf('rendered', 'dashboards')).toBe(`${out}/dashboards`);
  expect(read('Dockerfile')).toMatch(/mkdir -p .*\/monitoring\/alerts \/monitoring\/dashboards/);
  expect(read('Dockerfile')).toMatch(/chown -R node .*\/monitoring/);
  const [rules] = yaml('prometheus', 'prometheus.yml').rule_files;
  const prometheusYml = path.posix.join(mountOf('prometheus', './prometheus'), 'prometheus.yml');
  expect(file.services.prometheus?.command).toContain(`--config.file=${prometheusYml}`);
  expect(path.posix.join(path.posix.dirname(prometheusYml), rules)).toBe(
    `${mountOf('prometheus', 'alerts')}/*.rules.yml`,
  );
  for (const reader of ['prometheus', 'grafana']) {
    expect(Object.keys(file.services[reader]?.depends_on ?? {})).toContain(
      reader === 'prometheus' ? 'rendered' : 'prometheus',
    );
  }
});

test('each service but the last is waited for until it is healthy', () => {
  const waited = new Set<string>();
  for (const [, { depends_on = {} }] of services) {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(condition).toBe('service_healthy');
      expect(Object.keys(file.services)).toContain(name);
      waited.add(name);
    }
  }
  const optional = services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name);
  expect(services.map(([name]) => name).filter((name) => !waited.has(name))).toEqual(['ready', ...optional]);
});

test('every port is on loopback, from .env, and not the usual one', () => {
  const published = services.flatMap(([, { ports = [] }]) => ports);
  const variables = published.map((port) => {
    const [, variable = '', inside] = /^127\.0\.0\.1:\$\{(\w+)\}:(\d+)$/.exec(port) ?? [];
    expect(variable, port).not.toBe('');
    expect(env.get(variable)).toMatch(/^\d+$/);
    expect(env.get(variable)).not.toBe(inside);
    return variable;
  });
  expect(new Set(variables.map((name) => env.get(name))).size).toBe(published.length);
  expect([...env.keys()].filter((name) => name.endsWith('_PORT')).sort()).toEqual([...variables].sort());
});

test('every mount, and every file that is run, is there', () => {
  for (const [, { volumes = [], build, command = [] }] of services) {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(path.join(COMPOSE, source)), source).toBe(true);
      else expect(Object.keys(file.volumes)).toContain(source);
    }
    if (build === undefined) continue;
    expect(existsSync(path.join(COMPOSE, build.context, build.dockerfile))).toBe(true);
    for (const word of command.filter((one) => one.startsWith('compose/'))) {
      expect(existsSync(path.join(ROOT, word)), word).toBe(true);
    }
  }
  const checks = services.flatMap(([, { healthcheck }]) =>
    healthcheck?.test.filter((one) => one.startsWith('compose/')),
  );
  for (const script of checks) expect(existsSync(path.join(ROOT, script ?? '')), script).toBe(true);
});

test('Prometheus asks the services by the ports at which they serve', () => {
  const { scrape_configs } = yaml('prometheus', 'prometheus.yml');
  const targets = scrape_configs.flatMap(({ static_configs }: { static_configs: { targets: string[] }[] }) =>
    static_configs.flatMap((config) => config.targets),
  );
  expect(targets).toEqual(['demo:9465', 'demo:9464', 'patterns:9465', 'exporter:9466']);
  for (const target of targets) expect(Object.keys(file.services)).toContain(target.split(':')[0]);
});

test('Alertmanager has the inhibition rules of the package', () => {
  const { inhibit_rules } = yaml('alertmanager', 'alertmanager.yml');
  expect(inhibit_rules).toEqual(parse(readFileSync(path.join(ROOT, 'alerts/inhibit-rules.yml'), 'utf8')).inhibit_rules);
});

test('Grafana finds the dashboards, shows the agents first, and has the data source that is asked through it', () => {
  const { environment = {}, volumes = [] } = file.services.grafana ?? {};
  const mount = volumes.find((volume) => volume.startsWith('dashboards:'))?.split(':')[1] ?? '';
  const home = environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
  expect(yaml('grafana/provisioning/dashboards/agents.yml').providers[0].options.path).toBe(mount);
  expect(home.startsWith(`${mount}/`)).toBe(true);
  const dashboard = JSON.parse(readFileSync(path.join(ROOT, 'dashboards', path.basename(home)), 'utf8'));
  expect(dashboard.uid).toBe(dashboardUid('agents'));
  expect(read('ready.mjs')).toContain(dashboard.uid);
  const [source] = yaml('grafana/provisioning/datasources/prometheus.yml').datasources;
  expect(source.url).toBe('http://prometheus:9090');
  expect(read('ready.mjs')).toContain(`/uid/${source.uid}/`);
  expect(environment).toMatchObject({ GF_AUTH_ANONYMOUS_ENABLED: 'true', GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer' });
});
