import { DEMO_AGENTS } from './agents';
import type { ShownAlerts } from './alerts';
import type { DemoEnvironment } from './environment';
import { closedAgents, describeAgent, verifyAttributes } from './verify/attributes';
import { Checks } from './verify/checks';
import { Metrics } from './verify/metrics';
import { untilSeen, verifyPanels } from './verify/panels';
import { readRecords, verifyContent, verifyNoSecret } from './verify/records';
import { verifyTokens } from './verify/tokens';

/** Runs every agent once and compares what was observed with what happened. Returns the exit code. */
export async function runOnce(
  environment: DemoEnvironment,
  secret: string,
  alerts: ShownAlerts | undefined,
): Promise<number> {
  const { client, provider, hasAnthropic } = environment;
  const beganAtMs = Date.now();
  const agents = DEMO_AGENTS.filter(({ provider }) => provider !== 'anthropic' || hasAnthropic);
  const handles = await Promise.all(
    agents.map((agent) => agent.start({ client, number: 1, secret, scripted: provider !== undefined })),
  );
  for (const handle of handles) console.log(`started ${handle.workflowId}`);
  await Promise.all(handles.map((handle) => handle.result()));

  const listed = await closedAgents(client, new Set(handles.map(({ workflowId }) => workflowId)));
  console.log("\nAgents, as Temporal's List returns them:");
  for (const agent of listed) for (const line of describeAgent(agent)) console.log(`  ${line}`);

  if (alerts !== undefined) await untilSeen();
  const metrics = await Metrics.fetch(environment.metricsUrl);
  // Shutting the worker down stores what it has observed so far.
  await environment.stopWorker();

  console.log('\nVerified:');
  const checks = new Checks((line) => console.log(`  ${line}`));
  const ids = listed.map(({ workflowId }) => workflowId);
  const records = await readRecords(environment.contentDirectory, ids);
  for (const agent of listed) verifyAttributes(checks, agent, records.get(agent.workflowId) ?? []);
  const all = [...records.values()].flat();
  verifyTokens(checks, metrics, all, provider?.usage());
  const texts = await verifyContent(checks, environment.contentDirectory, all);
  await verifyNoSecret(checks, environment.contentDirectory, texts, secret);
  const internalErrors = metrics.sum('temporal_agent_observer_errors_total');
  checks.equal('no finding, for the agents are healthy', metrics.sum('temporal_agent_findings_total') ?? 0, 0);
  checks.equal('no error inside the observer', internalErrors, 0);
  if (alerts === undefined) console.log('  panels are not checked: Prometheus or Alertmanager cannot be had');
  else await verifyPanels(checks, alerts, beganAtMs);

  for (const failure of checks.failed) console.error(`\ndemo failed: ${failure}`);
  const calls = all.filter(({ kind }) => kind === 'llm').length;
  console.log(
    `\ndemo: ${listed.length} agents, ${calls} model calls, ${all.length} records, ${internalErrors ?? 'unknown'} internal errors`,
  );
  return checks.failed.length === 0 ? 0 : 1;
}
