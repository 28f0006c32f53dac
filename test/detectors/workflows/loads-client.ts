import { pool } from './client-pool';

/** Never runs, for its module cannot be loaded. */
export async function agent(): Promise<string> {
  return String(pool);
}
