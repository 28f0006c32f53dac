export {
  type CountTokensOptions,
  closeTokenCounter,
  countTokens,
  type EstimatedUsage,
  estimateUsage,
  type TokenCount,
} from './count-tokens';
export type { TokenEncoding } from './encoding-for-model';
export { TokensUnavailableError } from './token-counter';
