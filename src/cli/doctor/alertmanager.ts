/**
 * Whether Alertmanager tells anybody.
 *
 * @module
 */

import { parse } from 'yaml';
import type { HttpTarget } from './http';
import { type Fields, fields, list, text } from './json';
import { Part } from './part';
import type { CheckResult } from './report';
import { Unanswered } from './unanswered';

const FLAG = 'Give the address of Alertmanager, with the path that it is served under: --alertmanager <url>.';

export async function checkAlertmanager(target: HttpTarget): Promise<CheckResult[]> {
  const part = new Part('alertmanager');
  await part.attempt('ready', FLAG, async () => {
    const { status } = await target.get('/-/ready');
    if (status === 200) part.ok('ready', `answers at ${target.address}`);
    else part.problem('ready', `${target.address}/-/ready answers with status ${status}`, FLAG);
  });
  if (part.results.some(({ status }) => status === 'problem')) return part.results;
  await part.attempt('configuration', FLAG, async () => {
    const { config } = fields(await target.json('/api/v2/status'));
    const configuration = readConfiguration(text(fields(config).original));
    checkReceivers(part, configuration);
    checkInhibition(part, configuration);
  });
  return part.results;
}

function readConfiguration(original: string): Fields {
  try {
    const configuration = fields(parse(original));
    if (configuration.route !== undefined) return configuration;
  } catch {
    // The same as one that says nothing.
  }
  throw new Unanswered('/api/v2/status holds no configuration of Alertmanager');
}

function checkReceivers(part: Part, { route, receivers }: Fields): void {
  const telling = new Set(
    list(receivers)
      .filter(tells)
      .map(({ name }) => text(name)),
  );
  const fallback = text(fields(route).receiver);
  const used = [...new Set(receiversIn(fields(route)))].filter((name) => telling.has(name));
  if (used.length === 0) {
    part.problem(
      'receivers',
      'no route leads to a receiver that tells anybody: alerts end here',
      'Give a receiver of alertmanager.yml a webhook, e-mail, chat or paging configuration.',
    );
  } else if (!telling.has(fallback)) {
    part.warning(
      'receivers',
      `alerts that match no route go to "${fallback}", which tells nobody; others to ${used.join(', ')}`,
      'Route those of this package with the matcher alertname=~"TemporalAgent.+", or give the root route another receiver.',
    );
  } else part.ok('receivers', `notifies ${used.join(', ')}`);
}

function tells(receiver: Fields): boolean {
  return Object.entries(receiver).some(([key, value]) => key.endsWith('_configs') && list(value).length > 0);
}

/** Deeper routes than anybody writes are left out. */
function receiversIn(route: Fields, depth = 0): string[] {
  const below = depth > 20 ? [] : list(route.routes).flatMap((child) => receiversIn(child, depth + 1));
  return route.receiver === undefined ? below : [text(route.receiver), ...below];
}

function checkInhibition(part: Part, { inhibit_rules }: Fields): void {
  const ours = list(inhibit_rules).filter((rule) => JSON.stringify(rule).includes('TemporalAgent'));
  if (ours.length > 0) part.ok('inhibition', `${ours.length} inhibition rules of the package`);
  else {
    part.warning(
      'inhibition',
      'no inhibition rule of the package: one cause can send several alerts',
      'Add the inhibition rules of alerts/ to inhibit_rules of alertmanager.yml.',
    );
  }
}
