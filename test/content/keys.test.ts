import { LocalDirectoryStore } from 'temporal-agent-observability/content';
import { describe, expect, it } from 'vitest';
import {
  contentKey,
  contentKeyOfUri,
  contentPrefix,
  encodeSegment,
  findingKey,
  recordKey,
  runPrefix,
} from '#lib/content/keys';

const HOSTILE = [
  '',
  '.',
  '..',
  '...',
  '/',
  '\\',
  '../../etc/passwd',
  'a/b',
  'a\\b',
  '\0',
  'a\0',
  'a\0b',
  '~',
  '%',
  '%2f',
  '%2F',
  ' ',
  'a ',
  'a.',
  '.a',
  'a.b',
  'A',
  'a',
  'ABC',
  'abc',
  'Abc',
  'con',
  'CON',
  'con.txt',
  'nul',
  'COM1',
  'é',
  'e\u0301',
  'É',
  '日本語',
  '🤖',
  '\ud800',
  '\ud801',
  '\ufffd',
  '\n',
  ':',
  '*',
  '?',
  '"',
  '<',
  '>',
  '|',
  'x'.repeat(200),
  'x'.repeat(201),
  `${'x'.repeat(300)}1`,
  `${'x'.repeat(300)}2`,
  'é'.repeat(100),
  `${'é'.repeat(100)}a`,
  'a~b',
  'order-1',
  'Order-1',
  'x'.repeat(1_000_000),
  `${'x'.repeat(1_000_000)}y`,
];

describe('segments of keys', () => {
  it('tells different ids apart, on case-insensitive file systems too', () => {
    const encoded = HOSTILE.map((text) => encodeSegment(text).toLowerCase());
    expect(new Set(encoded).size).toBe(HOSTILE.length);
  });

  it('gives equal ids equal segments', () => {
    for (const text of HOSTILE) expect(encodeSegment(text)).toBe(encodeSegment(`${text}`));
  });

  it('makes names that every file system takes', () => {
    for (const text of HOSTILE) {
      const segment = encodeSegment(text);
      expect(segment).toMatch(/^[A-Za-z0-9_~%-](?:[A-Za-z0-9_~%.-]*[A-Za-z0-9_~%-])?$/);
      expect(Buffer.byteLength(segment)).toBeLessThanOrEqual(200);
      expect(segment).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
    }
  });

  it('leaves ordinary ids as they are', () => {
    for (const id of ['default', 'prod.acme', '0190f5fe-0000-7000-8000-000000000001', '12', 'order_1']) {
      expect(encodeSegment(id)).toBe(id);
    }
  });
});

describe('keys', () => {
  it('puts everything about a run below one prefix', () => {
    const run = { namespace: 'default', workflowId: 'a/b', runId: 'r' };
    const prefix = runPrefix('default', 'a/b', 'r');
    expect(prefix).toBe('records/default/a%2fb/r/');
    expect(recordKey({ ...run, activityId: '7', attempt: 2 })).toBe(`${prefix}7-2.json`);
    expect(findingKey({ ...run, id: 'payload-near-limit', cause: 'x' })).toMatch(
      /^records\/default\/a%2fb\/r\/finding-payload-near-limit-[0-9a-f]{20}\.json$/,
    );
    expect(prefix.startsWith(runPrefix('default', 'a/b'))).toBe(true);
  });

  it('keeps equal contents of two namespaces apart', () => {
    expect(contentKey(contentPrefix('a'), 'f'.repeat(64))).toBe(`content/a/sha256/ff/${'f'.repeat(64)}`);
    expect(contentPrefix('a')).not.toBe(contentPrefix('A'));
  });

  it.each(['default', 'my ns', 'Ünï%', 'UPPER'])('is found again from the URI, in namespace %j', (namespace) => {
    const key = contentKey(contentPrefix(namespace), 'ab'.repeat(32));
    const uri = new LocalDirectoryStore({ directory: '/tmp/a dir/with 100%/content' }).uriOf(key);
    expect(() => new URL(uri)).not.toThrow();
    expect(contentKeyOfUri(uri)).toEqual({ key, sha256: 'ab'.repeat(32) });
    expect(contentKeyOfUri(`s3://bucket/prefix/${key}`)).toEqual({ key, sha256: 'ab'.repeat(32) });
    expect(contentKeyOfUri('https://example.com/')).toBeUndefined();
  });
});
