// Health check: Grafana has the dashboard, and gives its visitors data for it.
const [, , grafana] = process.argv;

const HOME = '/api/dashboards/uid/temporal-agent-observability-agents';
const RUNNING = '/api/datasources/proxy/uid/prometheus/api/v1/query?query=sum(temporal_agent_workflows_running)%3E0';

/** @param {string} path */
async function get(path) {
  const response = await fetch(grafana + path, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) throw new Error(`${path} answers with status ${response.status}`);
  return response.json();
}

try {
  await get(HOME);
  const { data } = /** @type {{ data: { result: unknown[] } }} */ (await get(RUNNING));
  if (data.result.length === 0) throw new Error('no agent runs yet, as far as Grafana sees');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
