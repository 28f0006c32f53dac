/**
 * Looks into journals without taking them: for readers beside a living worker.
 *
 * @module
 */

import fs from 'node:fs';
import path from 'node:path';
import { journalLines, parseJournalFileName, parseJournalLine, parseSpool } from './journal-files';
import { contentKey, contentPrefix } from './keys';
import { isNotFound } from './private-files';
import type { AgentRecord, FindingRecord } from './record';

/** Everything in the journals of a directory, whoever owns them. */
export async function readJournals(directory: string): Promise<readonly (AgentRecord | FindingRecord)[]> {
  const entries: (AgentRecord | FindingRecord)[] = [];
  for (const name of await listNames(directory)) {
    if (parseJournalFileName(name) === undefined) continue;
    const journal = await readIfThere(path.join(directory, name));
    for (const line of journalLines(journal?.toString('utf8') ?? '')) {
      const entry = parseJournalLine(line);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
}

/** A content that waits in a spool. */
export async function readSpooledContent(
  directory: string,
  target: { readonly key: string; readonly sha256: string },
): Promise<Buffer | undefined> {
  for (const name of await listNames(directory)) {
    if (!name.endsWith('.spool')) continue;
    const spool = await readIfThere(path.join(directory, name));
    for (const { namespace, sha256, content } of spool === undefined ? [] : parseSpool(spool)) {
      if (sha256 === target.sha256 && contentKey(contentPrefix(namespace), sha256) === target.key) return content;
    }
  }
  return undefined;
}

/** Names in a directory; none when it is not there. */
export async function listNames(directory: string): Promise<string[]> {
  try {
    return (await fs.promises.readdir(directory)).sort();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** A file that may be stored and removed at any moment. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await fs.promises.readFile(file);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
