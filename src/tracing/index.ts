export {
  type ActivitySpan,
  type ActivitySpanDetails,
  type ActivitySpanHints,
  endActivitySpan,
  startActivitySpan,
} from './activity-span';
export { logAttributes } from './log-attributes';
