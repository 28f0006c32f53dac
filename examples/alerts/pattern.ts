import type { PatternExample, Variant } from '../patterns/pattern-example';
import { AgentProcess } from './agent-process';
import { checkCommand } from './check-command';
import { deliveries, untilDelivered, untilFired, untilQuiet, untilResolved } from './delivered';
import { EXPECTATIONS } from './expectations';
import type { Report } from './report';
import { namespaceOf, TIME_SCALE } from './settings';
import type { Surroundings } from './surroundings';

/** Most that a notification takes from the finding on; it takes about three seconds. */
const DELIVERY_MS = 30_000;
/** Findings are shown for a quarter of an hour, and Alertmanager waits up to 5 minutes to say that they no longer are. */
const RESOLUTION_MS = (20 * 60_000) / TIME_SCALE + 40_000;

interface PlayedPattern {
  readonly namespace: string;
  /** When the broken agent was gone, in milliseconds since the epoch. */
  readonly mendedAtMs: number;
  /** Waits for the alert to be resolved; the next pattern need not wait for it. */
  readonly mended: () => Promise<void>;
}

/** Runs the broken agent until its alert is delivered, then the fixed one. */
export async function playPattern(
  example: PatternExample,
  surroundings: Surroundings,
  report: Report,
): Promise<PlayedPattern> {
  const subject = `${String(example.pattern).padStart(2)} ${example.directory.slice(3)}`;
  const { receiver } = surroundings.monitoring;
  const { matching, also = {} } = EXPECTATIONS[example.pattern];
  const namespace = namespaceOf(example.directory);
  const labels = {
    alertname: matching.alert,
    severity: matching.severity,
    pattern: String(example.pattern),
    temporal_namespace: namespace,
    task_type: example.workflowType,
  };

  const recording = surroundings.record(example.directory, namespace);
  const broken = await startAgent(example, 'broken', surroundings);
  report.line(subject, `broken: ${example.breaks}`);
  const delivery = await untilDelivered(receiver, { status: 'firing', labels }, DELIVERY_MS);
  if (delivery === undefined)
    report.fail(subject, `${matching.alert} was not delivered with ${JSON.stringify(labels)}`);
  else {
    const { annotations } = delivery.alert;
    report.line(subject, `delivered: ${matching.alert} (${matching.severity}): ${annotations.summary}`);
    const wrong = await checkCommand(surroundings.commands, annotations.command, broken.workflowId);
    if (wrong !== undefined) report.fail(subject, wrong);
    else {
      report.delivered++;
      report.line(subject, `  names the run: ${annotations.command}`);
    }
  }
  for (const alert of await untilFired(surroundings.monitoring, namespace, Object.keys(also), DELIVERY_MS)) {
    report.fail(subject, `${alert} has not fired`);
  }
  await broken.end();

  const mendedAtMs = Date.now();
  recording?.mark('mended');
  if (deliveries(receiver, { status: 'resolved', labels }).length > 0) {
    report.fail(subject, `${matching.alert} was resolved before anything was mended`);
  }
  const fixed = await startAgent(example, 'fixed', surroundings);
  report.line(subject, `fixed: ${example.cure}`);
  const mended = async () => {
    const rest = await untilResolved(receiver, labels, RESOLUTION_MS);
    for (const { alert } of rest) report.fail(subject, `not resolved: ${JSON.stringify(alert.labels)}`);
    if (recording !== undefined) {
      await untilQuiet(surroundings.monitoring, namespace, RESOLUTION_MS);
      await recording.end();
    }
    const { outcome, findings } = await fixed.end();
    if (outcome !== 'completed') report.fail(subject, `the fixed agent did not complete: ${outcome}`);
    if (findings.length > 0) report.fail(subject, `findings about the fixed agent: ${findings.join(', ')}`);
    if (delivery !== undefined && rest.length === 0) {
      report.resolved++;
      report.line(subject, `resolved: ${matching.alert}`);
    }
  };
  return { namespace, mendedAtMs, mended };
}

function startAgent(example: PatternExample, variant: Variant, surroundings: Surroundings): Promise<AgentProcess> {
  const { address, contentDirectory, ports } = surroundings;
  const namespace = namespaceOf(example.directory);
  const { pattern } = example;
  return AgentProcess.start({ pattern, variant, address, namespace, contentDirectory, ...ports(namespace) });
}
