import { PAYLOAD_WARN_BYTES } from '#lib/definitions/limits';
import { completion } from '../plugin/activities';

export const activities = {
  invokeModel: async () => completion(),
  /** What it returns is near the limit of a payload. */
  readArchive: async () => 'x'.repeat(PAYLOAD_WARN_BYTES),
};

export type Activities = typeof activities;
