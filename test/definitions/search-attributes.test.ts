import { expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '#lib/definitions/search-attributes';

test('fits into SQL visibility beside the attributes of the user', () => {
  const count = (type: string) => SEARCH_ATTRIBUTES.filter((attribute) => attribute.type === type).length;
  expect({ Keyword: count('Keyword'), Int: count('Int'), Datetime: count('Datetime') }).toEqual({
    Keyword: 6,
    Int: 2,
    Datetime: 2,
  });
});
