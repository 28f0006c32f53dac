import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function versionIn(packageJson: string): string {
  return JSON.parse(readFileSync(packageJson, 'utf8')).version;
}

/** Version of this package. */
export const PACKAGE_VERSION = versionIn(join(__dirname, '..', '..', 'package.json'));

/** Version of Temporal's SDK that the worker runs. */
export const SDK_VERSION = versionIn(require.resolve('@temporalio/worker/package.json'));
