import type { ReportError } from '../definitions/observer-parts';

/** What a recorder tells of itself. Nothing here may throw. */
export interface RecorderSinks {
  readonly report: ReportError;
  /** A content was stored. */
  written(namespace: string): void;
  /** The store did not take a content; it is tried again. */
  failed(namespace: string): void;
  /** A content or record was given up. */
  dropped(namespace: string): void;
  /** Bytes of content that wait to be stored. */
  spoolBytes(namespace: string, bytes: number): void;
}
