/**
 * Histories that a real server recorded, kept in `test/histories/` as JSON. `RECORD_HISTORIES=1 npm test` adds those of
 * shapes that are not there yet; what is there is never written again, since it stands for runs that are open somewhere.
 *
 * @module
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { NamedHistory } from './histories';

const DIRECTORY = join(__dirname, '..', 'histories');

export const VARIANTS = ['plain', 'observed', 'refused'] as const;
export type Variant = (typeof VARIANTS)[number];

export type KeptHistories = Readonly<Record<Variant, readonly NamedHistory[]>>;

export async function keepHistories(name: string, histories: KeptHistories): Promise<void> {
  const file = join(DIRECTORY, `sa-v1-${name}.json.gz`);
  if (process.env.RECORD_HISTORIES !== '1' || existsSync(file)) return;
  const json = Object.fromEntries(
    VARIANTS.map((variant) => [
      variant,
      histories[variant].map(({ workflowId, history }) => ({
        workflowId,
        history: JSON.parse(historyToJSON(history)),
      })),
    ]),
  );
  mkdirSync(DIRECTORY, { recursive: true });
  // Stack traces name files of the machine; packages can stand elsewhere, behind a link.
  const folders = [process.cwd(), dirname(realpathSync('node_modules'))];
  const text = folders.reduce((json, folder) => json.replaceAll(`${folder}/`, ''), JSON.stringify(json));
  writeFileSync(file, gzipSync(text, { level: 9 }));
}

/** Names of the recorded shapes. */
export function recordedNames(): string[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.json.gz'))
    .sort();
}

export function readRecorded(name: string): KeptHistories {
  const json = JSON.parse(gunzipSync(readFileSync(join(DIRECTORY, name))).toString());
  return Object.fromEntries(
    VARIANTS.map((variant) => [
      variant,
      json[variant].map(({ workflowId, history }: { workflowId: string; history: unknown }) => ({
        workflowId,
        history: historyFromJSON(history),
      })),
    ]),
  ) as unknown as KeptHistories;
}
