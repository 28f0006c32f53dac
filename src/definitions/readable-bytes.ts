const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes as a reader takes them in. */
export function readableBytes(bytes: number): string {
  return bytes < MIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / MIB).toFixed(2)} MiB`;
}
