export {
  type ActivitySpan,
  abandonActivitySpan,
  endActivitySpan,
  startActivitySpan,
  traceIdsOf,
} from './activity-span';
export type { ActivitySpanDetails } from './attributes';
export { addFindingEvent } from './finding-event';
export { logAttributes } from './log-attributes';
