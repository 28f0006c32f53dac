import { userInfo } from 'node:os';
import { Client } from '@temporalio/client';
import { type Command, InvalidArgumentError } from 'commander';
import { ApprovalClient } from '../../client/approval-client';
import { APPROVAL_ID_MAX_CHARS, APPROVAL_NOTE_MAX_CHARS } from '../../definitions/approvals';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connection';
import { parseDuration } from '../duration';
import { importDataConverter } from '../load-module';
import { approvalFailure } from './approval-failure';

/** Options of every command about approvals. */
export interface ApprovalFlags extends ConnectionFlags {
  readonly timeout?: number;
  readonly dataConverter?: string;
  readonly json?: boolean;
}

export interface RunFlags extends ApprovalFlags {
  readonly runId?: string;
}

export interface RemarkFlags extends RunFlags {
  readonly actor?: string;
  readonly note?: string;
  readonly signal?: boolean;
}

export function addApprovalOptions(command: Command, timeout: string): Command {
  return addConnectionOptions(
    command
      .option('--timeout <duration>', timeout, parseDuration)
      .option(
        '--data-converter <module>',
        'a module that exports the dataConverter of your workers, for payload codecs',
      )
      .option('--json', 'print JSON'),
  );
}

export function addRunOption(command: Command): Command {
  return command.option('--run-id <id>', 'one run of the workflow; the latest one when left out', parseId);
}

export function addRemarkOptions(command: Command): Command {
  return addRunOption(command)
    .option(
      '--actor <name>',
      'who does it; the user of the operating system when left out',
      parseText(APPROVAL_ID_MAX_CHARS),
    )
    .option('--note <text>', 'why', parseText(APPROVAL_NOTE_MAX_CHARS))
    .option('--signal', 'send a signal, which is recorded without a worker, and neither validated nor answered');
}

/** `limit.maxIDLength` of the server. */
const MAX_ID_CHARS = 1000;

export function parseId(value: string): string {
  return parseText(MAX_ID_CHARS)(value);
}

export function parseApprovalId(value: string): string {
  return parseText(APPROVAL_ID_MAX_CHARS)(value);
}

export function actorOf({ actor }: RemarkFlags): string | undefined {
  if (actor !== undefined) return actor;
  try {
    return userInfo().username.slice(0, APPROVAL_ID_MAX_CHARS) || undefined;
  } catch {
    // In a container, a user id may have no name.
    return undefined;
  }
}

/** Connects, and turns what goes wrong into errors of the command. */
export async function withApprovals<T>(
  flags: ApprovalFlags,
  use: (approvals: ApprovalClient) => Promise<T>,
): Promise<T> {
  const { namespace } = flags;
  const dataConverter = flags.dataConverter === undefined ? undefined : await importDataConverter(flags.dataConverter);
  return withConnection(flags, async (connection) => {
    const client = new Client({ connection, namespace, ...(dataConverter !== undefined && { dataConverter }) });
    try {
      return await use(new ApprovalClient(client));
    } catch (error) {
      throw approvalFailure(error);
    }
  });
}

function parseText(max: number): (value: string) => string {
  return (value) => {
    if (value.trim() === '' || value.length > max) throw new InvalidArgumentError(`expected 1 to ${max} characters`);
    return value;
  };
}
