import { redactErrorText, redactSecrets } from 'temporal-agent-observability/content';
import { describe, expect, it } from 'vitest';

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const JWT = `${b64('{"alg":"RS256","typ":"JWT"}')}.${b64('{"sub":"1234567890","name":"x"}')}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c`;
const PEM_BODY =
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu';

/** Joined at run time, so that scanners of source code find nothing. */
const key = (...parts: string[]): string => parts.join('');

const TOKENS: Record<string, string> = {
  'OpenAI key': key('sk-', 'T3BlbkFJabcdefghijklmnopqrstuvwxyzABCDEF0123456789'),
  'OpenAI project key': key('sk-proj-', 'abcDEF123_-abcDEF123abcDEF123abcDEF123T3BlbkFJabc'),
  'Anthropic key': key('sk-ant-', 'api03-abcDEF123_-abcDEF123abcDEF123abcDEF123-AA'),
  'AWS access key id': key('AKIA', 'IOSFODNN7EXAMPLE'),
  'AWS temporary key id': key('ASIA', 'IOSFODNN7EXAMPLE'),
  'Google API key': key('AIza', 'SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY'),
  'Google access token': key('ya29.', 'a0AfH6SMBx1234567890abcdefghijkl'),
  'Google client secret': key('GOCSPX-', 'abcdefghijklmnopqrst12345678'),
  'GitHub token': key('ghp_', 'abcdefghijklmnopqrstuvwxyz0123456789'),
  'GitHub fine-grained token': key('github_pat_', '11ABCDEFG0123456789_abcdefghijklmnopqrstuv'),
  'GitLab token': key('glpat-', 'abcdefghij0123456789'),
  'Slack bot token': key('xoxb-', '123456789012-abcdefABCDEF'),
  'Slack webhook': key('hooks.slack.com/services/', 'T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'),
  'Hugging Face token': key('hf_', 'abcdefghijklmnopqrstuvwxyz0123456789'),
  'Stripe key': key('sk_live_', 'abcdefghijklmnop12345678'),
  'SendGrid key': key('SG.', 'abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'),
  'npm token': key('npm_', 'abcdefghijklmnopqrstuvwxyz0123456789'),
  'JSON Web Token': JWT,
};

const SURROUNDINGS: Record<string, (secret: string) => string> = {
  alone: (secret) => secret,
  'in a sentence': (secret) => `use ${secret}, then go on.`,
  'in JSON': (secret) => JSON.stringify({ note: secret }),
  'at the start of a line in JSON': (secret) => JSON.stringify({ note: `line\n${secret}\nline` }),
  'in JSON in JSON': (secret) => JSON.stringify({ arguments: JSON.stringify({ note: `a\n${secret}"` }) }),
  'in a query': (secret) => `https://example.com/?x=${secret}&y=1`,
  coloured: (secret) => JSON.stringify({ log: `\u001b[31m${secret}\u001b[0m` }),
};

describe('default redaction of tokens', () => {
  for (const [name, secret] of Object.entries(TOKENS)) {
    it.each(Object.entries(SURROUNDINGS))(`removes a ${name} %s`, (_, surround) => {
      const redacted = redactSecrets(surround(secret));
      for (let i = 0; i + 12 <= secret.length; i += 6) {
        const part = secret.slice(i, i + 12);
        if (!/^[a-z.]+$/.test(part) || i > 20) expect(redacted).not.toContain(part);
      }
      expect(redacted).toContain('[REDACTED]');
    });
  }

  it.each(['RSA PRIVATE KEY', 'PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'])(
    'removes a %s',
    (label) => {
      const pem = `-----BEGIN ${label}-----\n${PEM_BODY}\n-----END ${label}-----`;
      for (const text of [pem, JSON.stringify({ a: pem, b: 1 }), JSON.stringify({ x: JSON.stringify({ a: pem }) })]) {
        const redacted = redactSecrets(text);
        expect(redacted).not.toContain('MIIEvQ');
        expect(redacted).not.toContain('GB4t7NX');
        expect(redacted).not.toContain('-----');
      }
    },
  );

  it('removes a private key that is cut off, and keeps JSON whole', () => {
    const text = JSON.stringify({ a: JSON.stringify({ pem: `-----BEGIN PRIVATE KEY-----\n${PEM_BODY}` }), b: 'kept' });
    const redacted = redactSecrets(text);
    expect(redacted).not.toContain('MIIEvQ');
    const { a, b } = JSON.parse(redacted) as { a: string; b: string };
    expect(b).toBe('kept');
    expect(JSON.parse(a)).toEqual({ pem: '[REDACTED]' });
  });

  it.each([
    'postgres://user:hunter2@db:5432/x',
    'redis://:hunter2@cache',
    'https://u:p@ss:hunter2@host/path',
    'amqp://u:hunter2%40@mq',
  ])('removes the password from %s', (url) => {
    const redacted = redactSecrets(JSON.stringify({ url }));
    expect(redacted).not.toContain('hunter2');
    expect(redacted).toContain(url.split('://')[0]);
  });

  it.each(['Bearer abcDEF123456', 'bearer abcdefghijklmnopqrst', 'Authorization: Bearer a.b.c-12345678'])(
    'removes %s',
    (text) => {
      expect(redactSecrets(text)).toMatch(/earer \[REDACTED\]|: \[REDACTED\]/);
      expect(redactSecrets(text)).not.toMatch(/abcDEF|abcdefg|12345678/);
    },
  );
});

describe('default redaction of named fields', () => {
  it.each([
    'password',
    'passwd',
    'pwd',
    'db_password',
    'secret',
    'client_secret',
    'clientSecret',
    'api_key',
    'apiKey',
    'api-key',
    'X-API-Key',
    'token',
    'access_token',
    'refreshToken',
    'authorization',
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'set-cookie',
    'aws_secret_access_key',
    'SecretAccessKey',
    'aws_session_token',
    'private_key',
    'passphrase',
    'credentials',
    'connectionString',
    'ACCOUNT_KEY',
  ])('removes the value of %s at every level of escaping', (name) => {
    const inner = { [name]: 'v4lue "quoted" \\ and\nlines', other: 'kept' };
    let text = JSON.stringify(inner);
    for (let level = 0; level < 3; level++) {
      const redacted = redactSecrets(text);
      expect(redacted).not.toContain('v4lue');
      expect(redacted).not.toContain('quoted');
      let value: unknown = JSON.parse(redacted);
      for (let i = 0; i < level; i++) value = JSON.parse((value as { nested: string }).nested);
      expect(value).toEqual({ [name]: '[REDACTED]', other: 'kept' });
      text = JSON.stringify({ nested: text });
    }
    expect(redactSecrets(JSON.stringify({ [name]: ['v4lue'] }, null, 2))).not.toContain('v4lue');
  });

  it.each([
    'API_KEY=v4lue',
    'export OPENAI_API_KEY="v4lue"',
    "password: 'v4lue'",
    'password=v4lue&user=x',
    'Authorization: Basic v4lue=',
    'GET /?access_token=v4lue HTTP/1.1',
    'aws_secret_access_key = v4lue',
    'login failed for password v: password: v4lue',
  ])('removes the value from %s', (text) => {
    expect(redactSecrets(text)).not.toContain('v4lue');
    expect(redactSecrets(text)).toContain('[REDACTED]');
  });

  it('removes numeric passwords and keeps JSON whole', () => {
    expect(JSON.parse(redactSecrets('{"password":12345,"n":1}'))).toEqual({ password: '[REDACTED]', n: 1 });
  });
});

describe('what redaction leaves alone', () => {
  it.each([
    JSON.stringify({
      usage: { input_tokens: 10, output_tokens: 20, total_tokens: 30 },
      max_tokens: 100,
      token_count: 5,
    }),
    JSON.stringify({ logprobs: { content: [{ token: 'Paris', logprob: -0.1, bytes: [80], top_logprobs: [] }] } }),
    JSON.stringify({ password: null, secret: '', token: true }),
    'The disk-management-overview and the risk-assessment-framework-2024 were read.',
    JSON.stringify({ file: 'sk-learn-based-pipeline-demo', key: 'value', primary_key: 'id', cache_key: 'abc' }),
    'A token: the smallest unit of text. The secret: patience. Bearer certificates are rare.',
    'https://example.com:8080/path?x=1 and mailto:someone@example.com',
    JSON.stringify({ cursor: b64('{"page":2,"size":10,"more":true}') }),
    '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----',
  ])('%s', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });
});

describe('hostile text', () => {
  // Quadratic patterns would take hours here, and ones that backtrack would run out of stack.
  it.each([
    'sk-',
    'eyJ',
    'eyJa.',
    '://',
    '://a:',
    'a:b@',
    'bearer ',
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----BEGIN ',
    '"password":"',
    'password',
    'password=',
    '\\',
    '\\"',
    '"',
    'AKIA',
    'a',
    ' ',
    'api_key=[',
    'secret\\\\\\\\"',
    '%20',
    'authorization: basic ',
    '"token":"x",',
    'token = "',
    '\ud800',
  ])('takes linear time for 3 MB of %j', (unit) => {
    const text = unit.repeat(Math.ceil(3_000_000 / unit.length));
    expect(typeof redactSecrets(text)).toBe('string');
  });

  it.each(['sk-ant-', 'eyJ', '-----BEGIN PRIVATE KEY-----', '://u:', 'Bearer ', 'password='])(
    'takes 16 MB in one run behind %j',
    (prefix) => {
      expect(typeof redactSecrets(prefix + 'a1'.repeat(8_000_000))).toBe('string');
    },
  );
});

describe('error text', () => {
  it('is redacted and bounded, without cutting a character', () => {
    const text = redactErrorText(`401 for ${TOKENS['OpenAI key']} ${'🤖'.repeat(5000)}`);
    expect(text).toContain('401 for [REDACTED]');
    expect(text.length).toBeLessThanOrEqual(2048);
    expect(text).not.toMatch(/\p{Surrogate}/u);
  });
});
