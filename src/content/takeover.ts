/**
 * Finds journals that dead processes left and makes them ours.
 *
 * @module
 */

import fs from 'node:fs';
import path from 'node:path';
import { journalLines, parseJournalFileName, parseJournalLine, parseSpool } from './journal-files';
import { isOwnerAlive, OWNER_SILENT_MS } from './journal-owner';
import { listNames } from './journal-reader';
import { isNotFound } from './private-files';
import { Segment } from './segment';

/** Segments of dead owners, renamed to ours. Of two processes that try at once, the rename lets one have each. */
export async function takeOverJournals(directory: string): Promise<readonly Segment[]> {
  const names = await listNames(directory);
  const segments: Segment[] = [];
  for (const name of names) {
    const parsed = parseJournalFileName(name);
    if (parsed === undefined) continue;
    const file = path.join(directory, name);
    try {
      if (isOwnerAlive(parsed.owner, (await fs.promises.stat(file)).mtimeMs)) continue;
      segments.push(await claim(directory, parsed.id, file));
    } catch (error) {
      // Stored and removed, or taken by another, in between.
      if (!isNotFound(error)) throw error;
    }
  }
  await removeStraySpools(directory, names);
  return segments;
}

async function claim(directory: string, id: string, file: string): Promise<Segment> {
  const segment = new Segment(directory, id);
  await fs.promises.rename(file, segment.journalFile);
  segment.isIncomplete = true;
  const journal = await fs.promises.readFile(segment.journalFile, 'utf8');
  segment.journalBytes = Buffer.byteLength(journal);
  const lines = journalLines(journal);
  segment.lines = lines.length;
  for (const line of lines) {
    const namespace = parseJournalLine(line)?.namespace;
    if (namespace !== undefined) segment.records.set(namespace, (segment.records.get(namespace) ?? 0) + 1);
  }
  const spool = await fs.promises.readFile(segment.spoolFile).catch(() => Buffer.alloc(0));
  segment.spoolBytes = spool.length;
  for (const { namespace, content } of parseSpool(spool)) {
    const { count = 0, bytes = 0 } = segment.contents.get(namespace) ?? {};
    segment.contents.set(namespace, { count: count + 1, bytes: bytes + content.length });
  }
  return segment;
}

async function removeStraySpools(directory: string, names: readonly string[]): Promise<void> {
  const ids = new Set(names.map((name) => parseJournalFileName(name)?.id));
  for (const name of names) {
    if (!name.endsWith('.spool') || ids.has(name.slice(0, -'.spool'.length))) continue;
    const file = path.join(directory, name);
    const stat = await fs.promises.stat(file).catch(() => undefined);
    if (stat !== undefined && Date.now() - stat.mtimeMs > OWNER_SILENT_MS) await fs.promises.rm(file, { force: true });
  }
}
