import type { Finding } from '../definitions/finding';
import { FINDING_EVENT_ATTRIBUTES as A, FINDING_EVENT } from '../definitions/span-attributes';
import { type ActivitySpan, spanOf } from './activity-span';

/** Adds a finding to the span of the attempt that it was seen in. The message is free of content, so it may stand here. */
export function addFindingEvent(activitySpan: ActivitySpan, { id, severity, message }: Finding): void {
  spanOf(activitySpan)?.addEvent(FINDING_EVENT, { [A.id]: id, [A.severity]: severity, [A.message]: message });
}
