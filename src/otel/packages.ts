import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SDK = '@opentelemetry/sdk-node';
const EXPORTER = '@opentelemetry/exporter-trace-otlp-http';
const INTERCEPTORS = { 1: '@temporalio/interceptors-opentelemetry', 2: '@temporalio/interceptors-opentelemetry-v2' };

/** Major version of OpenTelemetry's stable packages; Temporal has interceptors for these two. */
export type OpenTelemetryLine = 1 | 2;

/** Versions of what is installed, by package name. */
export type InstalledVersions = Readonly<Record<string, string | undefined>>;

const INSTALL = {
  1: `npm i ${SDK}@0.57 ${EXPORTER}@0.57 ${INTERCEPTORS[1]}`,
  2: `npm i ${SDK}@0.217 ${EXPORTER}@0.217 ${INTERCEPTORS[2]}`,
};

/** What OpenTelemetry and Temporal packages can be found from here. */
export function installedVersions(): InstalledVersions {
  const names = [SDK, EXPORTER, INTERCEPTORS[1], INTERCEPTORS[2]];
  return Object.fromEntries(names.map((name) => [name, installedVersion(name)]));
}

/**
 * Which line the installed packages belong to. A span of one line given to an exporter of another is exported without
 * its parent, so a mixture is refused.
 *
 * @throws Error that names what to install
 */
export function chooseLine(installed: InstalledVersions): OpenTelemetryLine {
  const found = Object.entries(installed)
    .filter(([, version]) => version !== undefined)
    .map(([name, version]) => `${name}@${version}`);
  const refuse = (problem: string, line: OpenTelemetryLine): never => {
    const present = found.length === 0 ? 'none of them is installed' : `installed: ${found.join(', ')}`;
    throw new Error(`startTelemetry ${problem} (${present}). Run: ${INSTALL[line]}`);
  };
  const line = lineOf(installed[SDK]) ?? lineOf(installed[EXPORTER]);
  if (line === undefined) {
    return refuse(`needs ${SDK}, ${EXPORTER} and Temporal's OpenTelemetry interceptors`, 1);
  }
  if (line !== 1 && line !== 2) {
    return refuse(`needs OpenTelemetry 1.x or 2.x, as Temporal has no interceptors for ${line}.x`, 1);
  }
  if (lineOf(installed[SDK]) !== lineOf(installed[EXPORTER])) {
    return refuse(`needs ${SDK} and ${EXPORTER} of the same OpenTelemetry line`, line);
  }
  if (installed[INTERCEPTORS[line]] === undefined) {
    return refuse(`needs ${INTERCEPTORS[line]} beside OpenTelemetry ${line}.x`, line);
  }
  return line;
}

/** Experimental packages count their lines in hundreds: 0.57 goes with 1.x, 0.2nn with 2.x, 0.3nn with 3.x. */
function lineOf(version: string | undefined): number | undefined {
  if (version === undefined) {
    return undefined;
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 0 ? major : Math.max(1, Math.floor(minor / 100));
}

/** Packages with an `exports` map hide their package.json from `require`, so it is looked up on disk. */
function installedVersion(name: string): string | undefined {
  let directory: string;
  try {
    directory = dirname(require.resolve(name));
  } catch {
    return undefined;
  }
  for (; directory !== dirname(directory); directory = dirname(directory)) {
    try {
      const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      if (manifest.name === name) {
        return String(manifest.version);
      }
    } catch {
      // Not the root of the package yet.
    }
  }
  return undefined;
}

/** The parts that are used here, the same in both lines. */
export interface OpenTelemetryPackages {
  readonly line: OpenTelemetryLine;
  readonly sdk: SdkNode;
  readonly OTLPTraceExporter: new () => unknown;
  readonly OpenTelemetryPlugin: new (options: { resource: unknown; spanProcessor: SpanProcessor }) => unknown;
}

export interface SpanProcessor {
  shutdown(): Promise<void>;
}

export interface SdkNode {
  readonly NodeSDK: new (configuration: {
    resource: unknown;
    autoDetectResources: boolean;
    spanProcessors: SpanProcessor[];
  }) => { start(): void; shutdown(): Promise<void> };
  readonly tracing: {
    readonly BatchSpanProcessor: new (exporter: unknown) => SpanProcessor;
    readonly SimpleSpanProcessor: new (exporter: unknown) => SpanProcessor;
    readonly NoopSpanProcessor: new () => SpanProcessor;
    readonly ConsoleSpanExporter: new () => unknown;
  };
  readonly resources: unknown;
}

/** Loads the packages of the installed line. @throws Error that names what to install */
export function loadPackages(): OpenTelemetryPackages {
  const line = chooseLine(installedVersions());
  return {
    line,
    sdk: require(SDK),
    OTLPTraceExporter: require(EXPORTER).OTLPTraceExporter,
    OpenTelemetryPlugin: require(INTERCEPTORS[line]).OpenTelemetryPlugin,
  };
}
