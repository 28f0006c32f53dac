import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type AgentRecord,
  type ContentRef,
  LocalDirectoryStore,
  readContent,
  readRun,
} from 'temporal-agent-observability/content';
import type { Checks } from './checks';

const NAMESPACE = 'default';

/** Reads what was recorded, by workflow id. */
export async function readRecords(
  directory: string,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AgentRecord[]>> {
  const store = new LocalDirectoryStore({ directory });
  const records = new Map<string, readonly AgentRecord[]>();
  for (const id of workflowIds) records.set(id, (await readRun(store, NAMESPACE, id)).records);
  return records;
}

/** Every input and output that a record refers to can be read back; what there never was is said. */
export async function verifyContent(
  checks: Checks,
  directory: string,
  records: readonly AgentRecord[],
): Promise<readonly string[]> {
  const store = new LocalDirectoryStore({ directory });
  const texts: string[] = [];
  const gone: string[] = [];
  for (const record of records) {
    for (const [side, ref] of Object.entries({ input: record.input, output: record.output })) {
      if (isNothing(ref)) continue;
      const content = await readContent(store, ref, record.startedAtMs);
      if ('text' in content) texts.push(content.text);
      else gone.push(`${side} of ${record.workflowId}/${record.activityType}: ${content.reason}`);
    }
  }
  checks.check(`all ${texts.length} contents can be read back`, gone.length === 0, () => gone.join('; '));
  return texts;
}

/** What looks like a key was in a prompt and must be nowhere in what is stored, files' names and journals included. */
export async function verifyNoSecret(
  checks: Checks,
  directory: string,
  texts: readonly string[],
  secret: string,
): Promise<void> {
  const redacted = texts.filter((text) => text.includes('[REDACTED]')).length;
  checks.check('the secret in a prompt is redacted in what was stored', redacted > 0, () => 'no content is redacted');
  const leaks = texts.filter((text) => text.includes(secret)).map(() => 'a content');
  for (const file of await filesBelow(directory)) {
    if (file.includes(secret) || (await readFile(file)).includes(secret)) leaks.push(file);
  }
  checks.check('the secret is in no file', leaks.length === 0, () => `found in ${leaks.join(', ')}`);
}

/** A failed attempt has no output, and an activity without arguments no input. */
function isNothing(ref: ContentRef): boolean {
  return ref.missing === 'none';
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.path, entry.name));
}
