/** Values that break whoever looks at them without care. */
export const HOSTILE_VALUES: Readonly<Record<string, () => unknown>> = {
  cyclic: () => {
    const value: Record<string, unknown> = { name: 'cyclic' };
    value.self = value;
    return value;
  },

  'with a getter that throws': () => ({
    get choices() {
      throw new Error('do not look');
    },
  }),

  'with a toJSON that throws': () => ({
    toJSON() {
      throw new Error('do not write');
    },
  }),

  'with a BigInt': () => ({ usage: { prompt_tokens: 10n } }),

  'with __proto__ keys': () =>
    JSON.parse('{"__proto__":{"usage":{"prompt_tokens":1}},"constructor":{"prototype":1},"a":1}'),

  'of 10,000 levels': () => {
    let value: unknown = 'the bottom';
    for (let level = 0; level < 10_000; level++) value = { level: value };
    return value;
  },

  'of 50 MB': () => ({ text: 'x'.repeat(50_000_000) }),

  'of a million small parts': () => Array.from({ length: 1_000_000 }, (_, i) => i % 10),

  'with a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return { choices: proxy };
  },
};
