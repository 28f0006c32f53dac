import { type Logger, Runtime } from '@temporalio/worker';
import { PATTERNS, runtimeOptions } from 'temporal-agent-observability';
import { startTemporalServer } from '../../scripts/temporal-server.mjs';
import { EXAMPLES, SERVER_CONFIG } from './examples';
import type { LoggedFinding } from './finding-log';
import { type PatternExample, VARIANTS, type Variant } from './pattern-example';
import { runExample } from './run';
import { judge } from './verdict';

const nothing = (): void => {};

/** Agents fail here on purpose: what Temporal logs about it would bury the findings. */
const SILENT: Logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

const VARIANT_WIDTH = 8;

/**
 * Runs the broken agent of every pattern, and with `verify` the fixed one too, and says what was found.
 *
 * @returns the exit code: 1 when `verify` saw a finding too many, or one too few
 */
export async function playPatterns(verify: boolean, interrupted: AbortSignal): Promise<number> {
  Runtime.install(runtimeOptions({ metricsAddress: 'off', runtime: { logger: SILENT, shutdownSignals: [] } }));
  const server = await startTemporalServer({ dynamicConfig: SERVER_CONFIG });
  const tally = { found: 0, unexpected: 0, failed: 0 };
  try {
    for (const example of EXAMPLES) {
      console.log(`\n${String(example.pattern).padStart(2)}  ${PATTERNS[example.pattern]}`);
      for (const variant of verify ? VARIANTS : VARIANTS.slice(0, 1)) {
        if (interrupted.aborted) return verify ? 1 : 0;
        await play(example, variant, server.address, tally);
      }
      if (!verify) line('fixed', example.cure);
      line('code', `examples/patterns/${example.directory}`);
    }
  } finally {
    await server.stop();
  }
  if (!verify) return 0;
  console.log(`\npatterns: ${tally.found}/${EXAMPLES.length} found, ${tally.unexpected} unexpected`);
  return tally.found === EXAMPLES.length && tally.unexpected === 0 && tally.failed === 0 ? 0 : 1;
}

async function play(
  example: PatternExample,
  variant: Variant,
  address: string,
  tally: { found: number; unexpected: number; failed: number },
): Promise<void> {
  line(variant, variant === 'broken' ? example.breaks : example.cure);
  const run = await runExample(example, variant, { address, logger: SILENT });
  for (const finding of run.findings) show(finding);
  if (run.findings.length === 0) line('', 'nothing found');

  const { missing, unexpected } = judge(example[variant], run);
  if (variant === 'broken' && missing.length === 0) tally.found++;
  tally.unexpected += unexpected.length;
  const hasFailed = run.internalErrors > 0 || (variant === 'fixed' && run.outcome !== 'completed');
  if (hasFailed) tally.failed++;
  for (const what of missing) line('FAILED', `not found: ${what}`);
  for (const what of unexpected) line('FAILED', `unexpected: ${what}`);
  if (hasFailed) line('FAILED', `${run.outcome}, ${run.internalErrors} errors inside the observer`);
}

function show({ id, severity, message, advice }: LoggedFinding): void {
  line('', `${id} (${severity})`);
  line('', `  ${message}`);
  line('', `  → ${advice}`);
}

function line(label: string, text: string): void {
  console.log(`    ${label.padEnd(VARIANT_WIDTH)}${text}`);
}
