/**
 * The directory in which workers keep records and content, for commands that read it.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { DEFAULT_CONTENT_DIRECTORY, LocalDirectoryStore } from '../content/local-directory-store';
import { CliError, EXIT } from './cli-error';

export interface ContentDirectoryFlags {
  readonly contentDir: string;
}

export function addContentDirectoryOption(command: Command): Command {
  return command.addOption(
    new Option('--content-dir <directory>', 'where the worker keeps records and content')
      .env('TEMPORAL_AGENT_OBSERVABILITY_CONTENT')
      .default(`./${DEFAULT_CONTENT_DIRECTORY}`),
  );
}

/**
 * @param what what is read, at the beginning of a sentence
 * @throws CliError when there is no such directory, or it cannot be read
 */
export async function readContentDirectory<T>(
  { contentDir }: ContentDirectoryFlags,
  what: string,
  read: (store: LocalDirectoryStore) => Promise<T>,
): Promise<T> {
  const directory = path.resolve(contentDir);
  if (!existsSync(directory)) {
    throw new CliError(
      `There is no content directory ${directory}.`,
      EXIT.notFound,
      'Name the directory of the worker (its option content) with --content-dir or TEMPORAL_AGENT_OBSERVABILITY_CONTENT.',
    );
  }
  try {
    return await read(new LocalDirectoryStore({ directory }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`${what} in ${directory} cannot be read: ${reason}`, EXIT.failed, undefined, { cause: error });
  }
}
