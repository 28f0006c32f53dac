import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_RULE_CONFIG } from '#lib/rules/rule-config';

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

const packing = ['pack', '--dry-run', '--json', '--ignore-scripts'];
const [packed] = JSON.parse(
  execFileSync('npm', packing, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
) as [Packed];
const shipped = new Set(packed.files.map((file) => file.path));
const pages = [...shipped].filter((file) => file.endsWith('.md'));

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, 'code');
}

/** Names of headings as sites that show Markdown make them. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8')
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

test('runbooks, and the docs that they lead to, are shipped', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/alerts.md', 'docs/findings/retry-unbounded.md']));
  // Below the base of links to them, the package is as it is published.
  const [base, folder] = DEFAULT_RULE_CONFIG.urls.runbooks.split('/temporal-agent-observability/');
  expect(base).toBe('https://unpkg.com');
  expect(shipped).toContain(`${folder}/TemporalAgentRunsOverdue.md`);
});

test.each(pages)('every relative link of %s leads to something that is shipped', (page) => {
  for (const [, link = ''] of withoutCode(readFileSync(page, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(link)) continue;
    const [target = '', anchor] = link.split('#');
    const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target);
    const isThere = shipped.has(file) || [...shipped].some((one) => one.startsWith(`${file}/`));
    expect(isThere, link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), link).toContain(anchor);
  }
});
