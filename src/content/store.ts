/**
 * Where records and content are kept.
 *
 * @module
 */

/**
 * A place for records and content: a map from keys to bytes.
 *
 * Keys are relative paths of segments that every file system and object store takes; a key never carries content.
 * Methods reject when the store cannot be reached; the observer then keeps what it has, within bounds, and tries again.
 */
export interface ContentStore {
  /** Absolute URI of a key, for example `file:///srv/agent/.agent-content/content/...`. Called per activity: cheap. */
  uriOf(key: string): string;
  /** Stores bytes whole or not at all, and replaces what the key had. Content keys are named by hash and never change. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** `undefined` when there is nothing under the key. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Whether there is something under the key. */
  has(key: string): Promise<boolean>;
  /** Keys that begin with a prefix that ends in `/`, in no particular order. */
  list(prefix: string): AsyncIterable<string>;
  /** Does nothing when there is nothing under the key. */
  delete(key: string): Promise<void>;
  /**
   * Removes what is over the age or size that the store allows. Called in the background; absent from stores whose own
   * life cycle rules do it.
   */
  maintain?(): Promise<void>;
  /** How to build an equal store in a worker thread. Without it the store is used on the main thread. */
  readonly threadSpec?: ContentStoreThreadSpec;
  /** Local directory of the journal. Default: `./.agent-content/journal`. */
  readonly journalDirectory?: string;
  /** How long content is kept, in milliseconds, where the store knows it: lets readers say why something is gone. */
  readonly retentionMs?: number;
  /**
   * How long payloads of a claim check are kept, in milliseconds, where a life cycle rule removes them: lets a failure say
   * that one has expired. Left out by stores that keep them until somebody deletes them, which is how it should be.
   */
  readonly payloadRetentionMs?: number;
}

/** A class and its only constructor argument. */
export interface ContentStoreThreadSpec {
  /** Absolute path of the CommonJS module that exports the class. */
  readonly module: string;
  readonly exportName: string;
  /** Must survive structured cloning. */
  readonly options: unknown;
}
