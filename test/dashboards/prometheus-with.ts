import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';
import { freePort, startServerProcess } from '../../scripts/server-process.mjs';

export interface RecordedPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** Values that a series, as it is written in OpenMetrics, has at seconds since the epoch. */
export type Recorded = readonly [series: string, values: readonly (readonly [time: number, value: number])[]];

/** A Prometheus that has scraped some series, all of no type. */
export async function prometheusWith(recorded: readonly Recorded[]): Promise<RecordedPrometheus> {
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(path.resolve('.cache', 'prometheus-'));
  const file = path.join(folder, 'series.txt');
  const lines = recorded.flatMap(([series, values]) => values.map(([time, value]) => `${series} ${value} ${time}`));
  writeFileSync(file, `${[...lines, '# EOF'].join('\n')}\n`);
  const data = path.join(folder, 'data');
  const promtool = await ensurePrometheusTool('promtool');
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data], { stdio: 'pipe' });
  writeFileSync(path.join(folder, 'prometheus.yml'), '{}');
  const address = `127.0.0.1:${await freePort()}`;
  const { stop } = await startServerProcess(
    'Prometheus',
    await ensurePrometheusTool('prometheus'),
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    () => untilReady(address),
  );
  return {
    url: `http://${address}`,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(address: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const ready = await fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(100);
  }
  throw new Error('it is not ready within 30 s');
}
