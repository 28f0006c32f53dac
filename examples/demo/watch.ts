import { setTimeout as sleep } from 'node:timers/promises';
import { type ListedAgent, listAgents } from './agent-list';
import { type AgentStart, DEMO_AGENTS } from './agents';
import type { ShownAlerts } from './alerts';
import type { DemoEnvironment } from './environment';

const START_EVERY_MS = 4_000;
const REFRESH_MS = 1_000;
const PLAIN_EVERY_MS = 10_000;
/** How long one human takes to decide, so that there is an alert to be seen. */
const LATE_DECISION_MS = 90_000;

export interface Shown {
  readonly addresses: readonly string[];
  /** `undefined` where there is no Prometheus. */
  readonly alerts: ShownAlerts | undefined;
}

const COLUMNS: readonly (readonly [string, (agent: ListedAgent) => unknown])[] = [
  ['TASK TYPE', ({ attributes }) => attributes.get('AgentTaskType')],
  ['WORKFLOW ID', ({ workflowId }) => workflowId],
  ['ITERATION', ({ attributes }) => attributes.get('AgentIteration')],
  ['LAST TOOL', ({ attributes }) => attributes.get('AgentLastTool')],
  ['MODEL', ({ attributes }) => attributes.get('AgentModel')],
  ['TOKENS', ({ attributes }) => attributes.get('AgentTokens')],
  ['STATE', ({ status }) => status],
];

/** Keeps starting agents and shows them as Temporal lists them, until `signal` aborts. Returns the exit code. */
export async function watch(
  environment: DemoEnvironment,
  secret: string,
  shown: Shown,
  signal: AbortSignal,
): Promise<number> {
  if (!process.stdout.isTTY) for (const line of shown.addresses) console.log(line);
  await Promise.all([
    startForEver(environment, secret, shown.alerts !== undefined, signal),
    show(environment, shown, signal),
  ]);
  return 0;
}

async function startForEver(
  environment: DemoEnvironment,
  secret: string,
  late: boolean,
  signal: AbortSignal,
): Promise<void> {
  const agents = DEMO_AGENTS.filter(({ provider }) => provider !== 'anthropic' || environment.hasAnthropic);
  for (let round = 1; !signal.aborted; round++) {
    for (const agent of agents) {
      if (signal.aborted) return;
      const start: AgentStart = {
        client: environment.client,
        number: round,
        secret,
        scripted: environment.provider !== undefined,
        ...(late && round === 1 && { decisionMs: LATE_DECISION_MS }),
      };
      await agent.start(start);
      await pause(START_EVERY_MS, signal);
    }
  }
}

async function show(environment: DemoEnvironment, { addresses, alerts }: Shown, signal: AbortSignal): Promise<void> {
  const { isTTY } = process.stdout;
  while (!signal.aborted) {
    const firing = alerts?.lines() ?? [];
    const head = firing.length === 0 ? addresses : [...addresses, '', ...firing];
    const room = isTTY ? Math.max(5, (process.stdout.rows ?? 24) - head.length - 4) : 10;
    const agents = await listAgents(environment.client, room);
    if (isTTY) {
      // Clears what the previous picture left behind, line by line: clearing the screen first makes it flicker.
      const lines = [...head, '', ...formatTable(agents, process.stdout.columns ?? 120)];
      process.stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
    } else {
      for (const line of formatTable(agents, Number.POSITIVE_INFINITY)) console.log(line);
    }
    await pause(isTTY ? REFRESH_MS : PLAIN_EVERY_MS, signal);
  }
}

function formatTable(agents: readonly ListedAgent[], width: number): string[] {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...agents.map((agent) => COLUMNS.map(([, cell]) => String(cell(agent) ?? ''))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .slice(0, width)
      .trimEnd(),
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
