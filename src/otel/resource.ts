import type { OpenTelemetryLine } from './packages';

interface Resource {
  merge(other: Resource): Resource;
}

type Detect = (configuration: { detectors: readonly unknown[] }) => Resource;

interface ResourcesOfLine1 {
  readonly Resource: { new (attributes: Record<string, string>): Resource; default(): Resource };
  readonly detectResourcesSync: Detect;
  readonly envDetectorSync: unknown;
  readonly hostDetectorSync: unknown;
  readonly serviceInstanceIdDetectorSync: unknown;
}

interface ResourcesOfLine2 {
  readonly defaultResource: () => Resource;
  readonly resourceFromAttributes: (attributes: Record<string, string>) => Resource;
  readonly detectResources: Detect;
  readonly envDetector: unknown;
  readonly hostDetector: unknown;
  readonly serviceInstanceIdDetector: unknown;
}

/**
 * The resource of this process: OpenTelemetry's defaults, host, instance and `OTEL_RESOURCE_ATTRIBUTES`, then the given
 * name. It is built here, and not by the SDK, because spans made in workflows need the same one. Details of the process
 * are left out: its command line can carry secrets.
 */
export function createResource(resources: unknown, line: OpenTelemetryLine, serviceName: string | undefined): unknown {
  const given: Record<string, string> = serviceName === undefined ? {} : { 'service.name': serviceName };
  if (line === 1) {
    const r = resources as ResourcesOfLine1;
    const detectors = [r.serviceInstanceIdDetectorSync, r.hostDetectorSync, r.envDetectorSync];
    return r.Resource.default().merge(r.detectResourcesSync({ detectors })).merge(new r.Resource(given));
  }
  const r = resources as ResourcesOfLine2;
  const detectors = [r.serviceInstanceIdDetector, r.hostDetector, r.envDetector];
  return r.defaultResource().merge(r.detectResources({ detectors })).merge(r.resourceFromAttributes(given));
}
