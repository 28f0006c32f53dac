export { SEARCH_ATTRIBUTES } from './definitions/search-attributes';
