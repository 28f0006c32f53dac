/** Runs the same agent with another plugin alone, after ours and before ours, and prints what each of the two saw. */
const { existsSync, mkdtempSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { Client, Connection } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');
const others = require('./others.cjs');
const { startServer } = require('./server.cjs');

async function main([name, address, namespace]) {
  const warnings = [];
  Runtime.install({ logger: new DefaultLogger('WARN', ({ message }) => warnings.push(message)) });
  const server = await startServer();
  const other = others[name](server);
  const connections = {
    worker: await NativeConnection.connect({ address }),
    client: await Connection.connect({ address }),
  };
  const context = { name, namespace, connections, other };

  const alone = await runAgent(context, 'alone', [other.plugin]);
  const observed = {};
  for (const order of ['after', 'before']) {
    const { AgentObservabilityPlugin } = require('temporal-agent-observability');
    const { Registry } = require('prom-client');
    const directory = mkdtempSync(path.join(tmpdir(), 'compat-content-'));
    const registry = new Registry();
    const ours = new AgentObservabilityPlugin({ content: directory, metrics: { registry } });
    const plugins = order === 'after' ? [other.plugin, ours] : [ours, other.plugin];
    const run = await runAgent(context, order, plugins);
    const counted = await registry.getMetricsAsJSON();
    const tokens = counted.find((metric) => metric.name === 'temporal_agent_llm_input_tokens_total')?.values ?? [];
    const findings = counted.find((metric) => metric.name === 'temporal_agent_findings_total')?.values ?? [];
    const errors = counted.find((metric) => metric.name === 'temporal_agent_observer_errors_total')?.values ?? [];
    observed[order] = {
      ...run,
      inputTokens: tokens.map(({ value }) => value),
      observerErrors: errors.filter(({ value }) => value > 0),
      modelSdks: findings.filter(({ labels, value }) => labels.finding === 'llm-in-workflow' && value > 0),
      records: recordsBelow(path.join(directory, 'records')),
    };
    rmSync(directory, { recursive: true, force: true });
  }
  process.stdout.write(JSON.stringify({ alone, observed, warnings }));
  server.close();
  await connections.client.close();
  await connections.worker.close();
}

async function runAgent({ name, namespace, connections, other }, order, plugins) {
  const taskQueue = `${name}-${order}`;
  const { workflowsPath, activities } = other;
  const options = { connection: connections.worker, namespace, taskQueue, workflowsPath, activities, plugins };
  const worker = await Worker.create(options);
  const client = new Client({ connection: connections.client, namespace, plugins });
  return worker.runUntil(async () => {
    const handle = await client.workflow.start('greet', { taskQueue, workflowId: taskQueue });
    const result = await handle.result();
    const { typedSearchAttributes } = await handle.describe();
    const attributes = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    return { result, works: other.works().sort(), attributes: Object.fromEntries(attributes) };
  });
}

/** Records of attempts; findings lie beside them. */
function recordsBelow(directory) {
  if (!existsSync(directory)) return 0;
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('finding-')).length;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
