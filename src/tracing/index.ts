export {
  type ActivitySpan,
  abandonActivitySpan,
  endActivitySpan,
  startActivitySpan,
  traceIdsOf,
} from './activity-span';
export type { ActivitySpanDetails } from './attributes';
export { logAttributes } from './log-attributes';
