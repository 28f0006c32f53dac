import { completion } from '../../plugin/activities';

export const activities = {
  /** A model that does not look at what it is asked. */
  async callModel(_request: unknown) {
    return completion();
  },

  async search(_query: unknown): Promise<string> {
    return 'results';
  },
};

export type Activities = typeof activities;
