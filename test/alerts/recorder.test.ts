import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { promtoolValues, type Sample } from '../../examples/alerts/recording/notation';
import { type RecordedScenario, Recording } from '../../examples/alerts/recording/recording';
import { samplesOf } from './recording';
import { withFolder } from './support';

test.each<{ samples: Sample[]; written: string }>([
  { samples: [1, 3, 5, 7, 7, 7], written: '1+2x3 7x1' },
  { samples: [undefined, undefined, 0, 0, 'stale', undefined, 4], written: '_x2 0x1 stale _x1 4' },
  { samples: [9, 6, 3, 0], written: '9-3x3' },
  { samples: [-0.5, 0.25, 1e-7, 1e21], written: '-0.5 0.25 1e-7 1e+21' },
])('samples are written as $written and read again', ({ samples, written }) => {
  expect(promtoolValues(samples)).toBe(written);
  expect(samplesOf(written, 1)).toEqual(samples);
});

/** What the target answers to one scrape after the other; in the end it fails. */
const PAGES = [
  'wanted{temporal_namespace="ours",kind="a"} 1\nwanted{temporal_namespace="other"} 1\nelse 1\nwanted_too 2\n',
  'wanted_too 3\n',
];

test('what is gone from a scrape is stale, and all of it where the scrape fails', async () => {
  let scrapes = 0;
  const server = createServer((_, response) => {
    const page = PAGES[scrapes++];
    if (page === undefined) response.writeHead(503).end();
    else response.end(page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = { job: 'worker', instance: 'worker:1', port: (server.address() as AddressInfo).port };

  await withFolder(async (folder) => {
    const file = path.join(folder, 'scenario.yml');
    const isWanted = (name: string) => name.startsWith('wanted');
    const recording = new Recording({ file, scenario: 'scenario', namespace: 'ours', targets: [target], isWanted });
    await vi.waitFor(() => expect(scrapes).toBe(4), { timeout: 30_000 });
    await recording.end();

    const { targets } = parse(readFileSync(file, 'utf8')) as RecordedScenario;
    const { job, series = {} } = targets['worker:1'] ?? {};
    expect(job).toBe('worker');
    // Where the machine has no time for a scrape there is none.
    const scraped = Object.entries(series).map(([name, values]) => {
      return [
        name,
        samplesOf(values, 1)
          .filter((sample) => sample !== undefined)
          .slice(0, 3),
      ];
    });
    expect(Object.fromEntries(scraped)).toEqual({
      up: [1, 1, 0],
      'wanted{kind="a", temporal_namespace="ours"}': [1, 'stale'],
      wanted_too: [2, 3, 'stale'],
    });
  });
  server.close();
});
