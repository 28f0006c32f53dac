import { channel } from 'node:diagnostics_channel';
import { get } from 'node:http';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { followRequests, unfollowRequests, watchOutboundRequests } from '#lib/activity/outbound-requests';
import type { OutboundRequest } from '#lib/activity/requests/outbound-request';
import { ActivityWorker } from '../activity/support';
import { post, postByHttp, startToolService, type ToolService } from './provider-requests';

const CHANNELS = ['undici:request:create', 'undici:request:headers', 'http.client.request.start'];
const listened = () => CHANNELS.filter((name) => channel(name).hasSubscribers);

let service: ToolService;

beforeAll(async () => {
  service = await startToolService();
});

afterAll(() => service.close());

test('nobody listens before a worker runs and after it stopped', async () => {
  expect(listened()).toEqual([]);
  const worker = await ActivityWorker.start(inject('temporalAddress'), 'outbound-requests', {
    listens: async () => listened(),
  });
  expect((await worker.call('listens')).result).toEqual(CHANNELS);
  await worker.close();
  expect(listened()).toEqual([]);
});

test('whoever watches last ends it, once', () => {
  const [first, second] = [watchOutboundRequests(), watchOutboundRequests()];
  first();
  first();
  expect(listened()).toEqual(CHANNELS);
  second();
  expect(listened()).toEqual([]);
});

describe('while somebody watches', () => {
  const activity = {} as Context;
  const body = '{"text":"ü"}';
  let seen: unknown[];
  let errors: unknown[];
  let stop: () => void;

  beforeEach(() => {
    seen = [];
    errors = [];
    stop = watchOutboundRequests();
    followRequests(activity, {
      begin({ layer, method, host, path, bodyBytes }: OutboundRequest) {
        seen.push([layer, method, host, path, bodyBytes]);
        return (status) => void seen.push(status);
      },
      report: (error) => void errors.push(error),
    });
    return () => {
      unfollowRequests(activity);
      stop();
    };
  });

  const inAttempt = <T>(fn: () => Promise<T>) => asyncLocalStorage.run(activity, fn);
  const host = () => service.url.slice('http://'.length);

  test.each([
    ['undici', post],
    ['http', postByHttp],
  ] as const)('a request through %s is told with its response', async (layer, send) => {
    await inAttempt(() => send(`${service.url}/v1/x?key=secret`, body));
    expect(seen).toEqual([[layer, 'POST', host(), '/v1/x', Buffer.byteLength(body)], 200]);
  });

  test.each([
    ['undici', (url: string) => fetch(url)],
    ['http', (url: string) => new Promise((resolve, reject) => get(url, resolve).once('error', reject))],
  ] as const)(
    'a connection through %s that fails has no status, and the caller gets its error',
    async (layer, send) => {
      const closed = await startToolService();
      await closed.close();
      await expect(inAttempt(() => send(closed.url))).rejects.toThrow();
      expect(seen).toEqual([[layer, 'GET', closed.url.slice('http://'.length), '/', undefined], undefined]);
    },
  );

  test('an error that nobody handles stays unhandled', async () => {
    const closed = await startToolService();
    await closed.close();
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
    const [...others] = process.listeners('uncaughtException').slice(0, -1);
    for (const listener of others) process.off('uncaughtException', listener);
    await inAttempt(async () => get(closed.url));
    expect(await uncaught).toMatchObject({ code: 'ECONNREFUSED' });
    for (const listener of others) process.on('uncaughtException', listener);
  });

  test('requests of others are not', async () => {
    await post(service.url, body);
    await asyncLocalStorage.run({} as Context, () => post(service.url, body));
    unfollowRequests(activity);
    await inAttempt(() => post(service.url, body));
    expect(seen).toEqual([]);
  });

  test('a follower that throws is reported, and the request goes on', async () => {
    followRequests(activity, {
      begin({ path }: OutboundRequest) {
        if (path === '/begin') throw new Error('at the begin');
        return () => {
          throw new Error('at the end');
        };
      },
      report: (error) => void errors.push(error),
    });
    expect(await inAttempt(() => post(`${service.url}/begin`, body))).toBe(200);
    expect(await inAttempt(() => postByHttp(`${service.url}/end`, body))).toBe(200);
    expect(errors.map(String)).toEqual(['Error: at the begin', 'Error: at the end']);
  });
});
