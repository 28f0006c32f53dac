import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inhibitText } from '../../rules/inhibit-rules';
import type { RuleConfig } from '../../rules/rule-config';
import { ruleFiles } from '../../rules/rule-text';
import { CliError, EXIT } from '../cli-error';
import { dashboardFiles } from './dashboards';
import { operatorFiles, sidecarFiles } from './manifests';
import type { RenderConfig } from './resolve-render';

export const RENDER_FORMATS = ['files', 'prometheus-operator', 'grafana-sidecar'] as const;
export type RenderFormat = (typeof RENDER_FORMATS)[number];

/** Texts by their paths below the folder that is asked for. */
export function renderedFiles(config: RenderConfig, format: RenderFormat): ReadonlyMap<string, string> {
  if (format === 'prometheus-operator') return operatorFiles(config);
  if (format === 'grafana-sidecar') return sidecarFiles(config);
  return new Map([...below('alerts', alertFiles(config.rules)), ...below('dashboards', dashboardFiles(config.rules))]);
}

/** What the folder `alerts` of the package has for these rules, runbooks aside. */
export function alertFiles(config: RuleConfig): ReadonlyMap<string, string> {
  return new Map([...ruleFiles(config), ['inhibit-rules.yml', inhibitText(config)]]);
}

/** @throws CliError when a file cannot be written */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    for (const [name, text] of files) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  } catch (error) {
    throw new CliError(`The files cannot be written: ${(error as Error).message}`, EXIT.failed, undefined, {
      cause: error,
    });
  }
}

function below(folder: string, files: ReadonlyMap<string, string>): [string, string][] {
  return [...files].map(([name, text]) => [`${folder}/${name}`, text]);
}
