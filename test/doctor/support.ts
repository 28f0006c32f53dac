import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { CheckResult, DoctorReport } from '#lib/cli/doctor/report';
import { cli } from '../cli/support/cli';

export interface Diagnosis {
  readonly exitCode: number;
  readonly report: DoctorReport;
  /** What one check says, as `part/check`. */
  check(name: string): CheckResult | undefined;
  /** Names of the checks that stand so. */
  all(status: CheckResult['status']): string[];
}

export async function doctor(...args: string[]): Promise<Diagnosis> {
  const { exitCode, out, err } = await cli('doctor', '--json', ...args);
  if (out === '') throw new Error(err);
  const report = JSON.parse(out) as DoctorReport;
  const named = report.checks.map((result) => ({ name: `${result.part}/${result.check}`, result }));
  return {
    exitCode,
    report,
    check: (name) => named.find((one) => one.name === name)?.result,
    all: (status) => named.filter(({ result }) => result.status === status).map(({ name }) => name),
  };
}

/** An HTTP server that is not what it is taken for. @returns its address */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers by path, as text of Prometheus' format or as JSON; 404 for others. */
export function serveAnswers(answers: Readonly<Record<string, unknown>>): Promise<string> {
  return serve((request, response) => {
    const path = new URL(request.url ?? '/', 'http://server').pathname;
    if (!(path in answers)) {
      response.writeHead(404).end();
      return;
    }
    const answer = answers[path];
    const type = typeof answer === 'string' ? 'text/plain; version=0.0.4' : 'application/json';
    response.writeHead(200, { 'Content-Type': type }).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
}
