/** What a benchmark found, and what it should have found. */
export interface Measurement {
  readonly name: string;
  /** In the unit: `x` is a ratio to the reference that the name tells. */
  readonly value: number;
  readonly unit: 'x' | 'KB' | 'ms' | 'us';
  /** None for a figure that only informs. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

/** What benchmarks are given. */
export interface BenchContext {
  /** Rounds to run, each of which runs every variant once, where a full run takes `full`. */
  rounds(full: number): number;
  /** Address of a real Temporal server; the first call starts it. */
  temporalAddress(): Promise<string>;
}

/** A measurement as `--json` prints it. */
export interface MeasurementJson {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number | null;
  readonly ok: boolean;
}

export function meetsGoal({ value, goal }: Measurement): boolean {
  if (goal === undefined) return true;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

export function toJson(measurement: Measurement): MeasurementJson {
  const { name, unit, value, goal } = measurement;
  return {
    name: unit === 'x' ? name : `${name} (${unit})`,
    ratio: Number(value.toPrecision(4)),
    goal: goal === undefined ? null : boundOf(goal),
    ok: meetsGoal(measurement),
  };
}

/** The measurements as a table in Markdown. */
export function toTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => [
    measurement.name,
    withUnit(measurement.value, measurement.unit),
    goalText(measurement),
    measurement.goal === undefined ? '' : meetsGoal(measurement) ? 'yes' : 'no',
  ]);
  return [['benchmark', 'result', 'goal', 'met'], ['---', '---:', '---:', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function boundOf(goal: NonNullable<Measurement['goal']>): number {
  return 'atMost' in goal ? goal.atMost : goal.atLeast;
}

function goalText({ goal, unit }: Measurement): string {
  if (goal === undefined) return '';
  return `${'atMost' in goal ? '≤' : '≥'} ${withUnit(boundOf(goal), unit)}`;
}

function withUnit(value: number, unit: Measurement['unit']): string {
  const digits = unit === 'x' ? value.toFixed(2) : value.toFixed(1);
  return `${digits.replace(/\.?0+$/, '')}${unit === 'x' ? 'x' : ` ${unit}`}`;
}
