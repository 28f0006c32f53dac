export { type CountTokensOptions, countTokens, estimateUsage, type TokenCount } from './count-tokens';
export type { TokenEncoding } from './encoding-for-model';
