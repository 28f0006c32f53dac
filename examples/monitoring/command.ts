import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Root of the project; the working directory of every npm script. */
const ROOT = path.dirname(path.dirname(__dirname));

/** What `temporal-agent-observability` runs. */
export const BINARY = path.join(ROOT, 'lib/cli/main.js');

const TIMEOUT_MS = 60_000;

export interface CommandResult {
  readonly exitCode: number;
  /** What it printed, errors too. */
  readonly output: string;
}

/** Runs commands as they stand in an alert, in a shell, as one pastes them. */
export class CommandLine {
  private constructor(private readonly env: NodeJS.ProcessEnv) {}

  /**
   * @param directory - where the binary is put
   * @param env - connection and content directory, which no command of an alert can know
   */
  static async open(directory: string, env: Readonly<Record<string, string>>): Promise<CommandLine> {
    await mkdir(directory, { recursive: true });
    const file = path.join(directory, 'temporal-agent-observability');
    await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`);
    await chmod(file, 0o755);
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
    const search = [directory, process.env.PATH ?? ''].join(path.delimiter);
    return new CommandLine({ ...Object.fromEntries(inherited), PATH: search, ...env });
  }

  run(command: string): Promise<CommandResult> {
    return new Promise((resolve) => {
      execFile('sh', ['-c', command], { env: this.env, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ exitCode, output: `${stdout}${stderr}` });
      });
    });
  }
}
