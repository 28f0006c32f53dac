import { ApplicationFailure } from '@temporalio/workflow';
import { defineTransforms } from 'temporal-agent-observability/workflow';

export interface Hit {
  readonly title: string;
  readonly text: string;
}

export const transforms = defineTransforms({
  head: (page: string, { chars = 100 }: { readonly chars?: number } = {}) => page.slice(0, chars),
  titles: (hits: readonly Hit[]) => hits.map(({ title }) => title),
  strict: (): string => {
    throw ApplicationFailure.nonRetryable('the page has no table', 'NoTable');
  },
  link: (page: string) => `see ${page.length}`,
});
