import { PACKAGE_VERSION } from '../../reporting/versions';
import { isTextFormat, samplesOf } from './exposition';
import type { HttpTarget } from './http';
import type { Part } from './part';
import { Unanswered } from './unanswered';

/**
 * Reads a page of our metrics and judges what each of them must have.
 *
 * @param path below the target's address
 * @returns the page, when it is one of ours
 */
export async function readMetricsPage(part: Part, target: HttpTarget, path: string): Promise<string | undefined> {
  const { status, contentType, text } = await target.get(path);
  const { href } = target.url(path);
  if (status !== 200) throw new Unanswered(`${href} answers with status ${status}`);
  if (!isTextFormat(contentType)) {
    part.problem(
      'content-type',
      `${href} is served as "${contentType}", which Prometheus 3 refuses`,
      'Serve the page with the contentType of its registry; a proxy on the way must keep it.',
    );
  }
  const builds = samplesOf(text, 'buildInfo');
  if (builds.length === 0) {
    part.problem(
      'build-info',
      `${href} has no metric of temporal-agent-observability: something else serves there`,
      'Give the address at which the plugin or the exporter says that it serves metrics when it starts.',
    );
    return undefined;
  }
  const versions = [...new Set(builds.map(({ labels }) => labels.version ?? ''))];
  if (versions.some((version) => version !== PACKAGE_VERSION)) {
    part.warning(
      'build-info',
      `version ${versions.join(', ')} serves there, and this command is ${PACKAGE_VERSION}`,
      'Use one version for workers, exporter, rules and dashboards.',
    );
  } else part.ok('build-info', `version ${PACKAGE_VERSION} serves ${href}`);
  return text;
}
