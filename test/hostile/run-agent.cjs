/** One agent in a process of its own, whose limits a test has set. Prints what came of it as JSON. */
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');
const { Client, Connection } = require('@temporalio/client');
const { Registry } = require('prom-client');
const { AgentObservabilityPlugin } = require('temporal-agent-observability');

const { address, namespace, taskQueue, codePath, content } = JSON.parse(process.argv[2] ?? '');
/** @type {unknown[]} */
const warnings = [];
const logger = new DefaultLogger('WARN', ({ meta }) => warnings.push(meta));
const activities = { hostile: async () => 'x'.repeat(50_000), harmless: async () => 'fine' };

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) });
  const registry = new Registry();
  const plugins = content ? [new AgentObservabilityPlugin({ content, metrics: { registry }, logger })] : [];
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const options = { connection, namespace, taskQueue, activities, plugins, workflowBundle: { codePath } };
  const worker = await Worker.create(options);
  const result = await worker.runUntil(
    client.workflow.execute('agent', { workflowId: taskQueue, taskQueue, args: ['large'] }),
  );
  const counts = await registry.metrics();
  await client.connection.close();
  await connection.close();
  // Temporal's runtime lingers for seconds after its last worker.
  process.stdout.write(JSON.stringify({ result, warnings, counts }), () => process.exit());
}

void main();
