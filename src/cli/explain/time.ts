/** Protobuf's timestamp or duration, as the gRPC client decodes it and as histories in JSON hold it. */
export interface ProtoTime {
  readonly seconds?: { toNumber(): number } | number | string | null;
  readonly nanos?: number | null;
}

/** Milliseconds of a protobuf timestamp or duration; `undefined` when it is absent or the server's zero time. */
export function protoTimeMs(time: ProtoTime | null | undefined): number | undefined {
  if (time == null) return undefined;
  const { seconds } = time;
  const whole = seconds == null ? 0 : typeof seconds === 'object' ? seconds.toNumber() : Number(seconds);
  const ms = whole * 1000 + Math.floor((time.nanos ?? 0) / 1_000_000);
  return ms > 0 ? ms : undefined;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
