/**
 * Gets a fresh machine ready: dependencies, build, Temporal binary. Does nothing when all is there, so that every npm
 * script can begin with it. `--no-temporal` leaves the binary out.
 */
import { ensureBuilt } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { say } from './process.mjs';
import { ensureTemporal } from './temporal-binary.mjs';

try {
  await ensureDependencies();
  await ensureBuilt();
  if (!process.argv.includes('--no-temporal')) await ensureTemporal();
} catch (error) {
  say(`set-up failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
