/**
 * Manifests for Kubernetes: rules and scrapes for Prometheus' operator, dashboards for Grafana's sidecar.
 *
 * @module
 */

import { DEFAULT_RULE_CONFIG } from '../../rules/rule-config';
import { ruleGroups } from '../../rules/rule-groups';
import { GENERATED, ruleFile, yamlText } from '../../rules/rule-text';
import { dashboardFiles } from './dashboards';
import type { KubernetesConfig, RenderConfig } from './resolve-render';

type Files = ReadonlyMap<string, string>;

const NAME = 'temporal-agent-observability';

/** A name that is no regular expression can be given to what is scraped. */
const PLAIN = /^[\w./-]+$/;

export function operatorFiles({ rules, kubernetes }: RenderConfig): Files {
  const { port, corePort, workerService, exporterService, serviceNamespace } = kubernetes;
  const monitor = (part: string, service: string, endpoints: readonly object[]) =>
    manifest('monitoring.coreos.com/v1', 'ServiceMonitor', `${NAME}-${part}`, kubernetes, {
      spec: {
        ...(serviceNamespace !== undefined && { namespaceSelector: { matchNames: [serviceNamespace] } }),
        selector: { matchLabels: { 'app.kubernetes.io/name': service } },
        endpoints,
      },
    });
  const { jobs, core } = rules;
  // Else Prometheus gives the label of Temporal's namespace another name, for that of Kubernetes has it.
  const keepsNamespace = core.namespace === DEFAULT_RULE_CONFIG.core.namespace;
  const ofCore = { ...endpoint(corePort, jobs.worker), ...(keepsNamespace && { honorLabels: true }) };
  return new Map([
    [
      'prometheus-rule.yaml',
      manifest('monitoring.coreos.com/v1', 'PrometheusRule', NAME, kubernetes, {
        spec: ruleFile(ruleGroups(rules), rules),
      }),
    ],
    ['service-monitor-worker.yaml', monitor('worker', workerService, [endpoint(port, jobs.worker), ofCore])],
    ['service-monitor-exporter.yaml', monitor('exporter', exporterService, [endpoint(port, jobs.exporter)])],
  ]);
}

function endpoint(port: string, job: string): object {
  return { port, ...(PLAIN.test(job) && { relabelings: [{ targetLabel: 'job', replacement: job }] }) };
}

/** One ConfigMap a dashboard: together they could be larger than Kubernetes allows. */
export function sidecarFiles({ rules, kubernetes }: RenderConfig): Files {
  const forSidecar = { ...kubernetes, labels: { grafana_dashboard: '1', ...kubernetes.labels } };
  const files = [...dashboardFiles(rules)].map(([file, text]) => {
    const name = `${NAME}-${file.replace('.json', '')}`;
    const data = { [`${name}.json`]: text };
    return [
      `dashboard-${file.replace('.json', '.yaml')}`,
      manifest('v1', 'ConfigMap', name, forSidecar, { data }),
    ] as const;
  });
  return new Map(files);
}

function manifest(
  apiVersion: string,
  kind: string,
  name: string,
  { namespace, labels }: KubernetesConfig,
  content: object,
): string {
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    labels: { 'app.kubernetes.io/part-of': NAME, ...labels },
  };
  return GENERATED + yamlText({ apiVersion, kind, metadata, ...content });
}
