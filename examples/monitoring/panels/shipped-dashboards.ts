/**
 * The dashboards as they are shipped, and what they ask for.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const FOLDER = path.resolve(__dirname, '../../../dashboards');

export interface DataSource {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly datasource: DataSource;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: DataSource;
  readonly targets?: readonly Target[];
  readonly interval?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly indexByName?: Readonly<Record<string, number>> };
  }[];
  readonly options?: { readonly content?: string };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly max?: number;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
      readonly links?: readonly { readonly title: string; readonly url: string; readonly targetBlank: boolean }[];
    };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
  /** Of a row that is collapsed. */
  readonly panels?: readonly Panel[];
}

export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label: string;
  readonly query: string;
  readonly datasource?: DataSource;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly refresh: string;
  readonly links: readonly { readonly type: string; readonly tags: readonly string[]; readonly includeVars: boolean }[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

/** By file name without its ending. */
export type Dashboards = ReadonlyMap<string, Dashboard>;

export const DASHBOARDS: Dashboards = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [path.basename(file, '.json'), JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'))]),
);

export interface ShownPanel {
  readonly dashboard: string;
  /** Tells it apart in messages: dashboard, row and title. */
  readonly name: string;
  readonly panel: Panel;
}

export interface Query extends ShownPanel {
  readonly target: Target;
}

export interface ShownVariable extends Variable {
  readonly dashboard: string;
}

/** Panels with something in them: rows are left out, what is in them is not. */
export function panelsOf(dashboards: Dashboards): readonly ShownPanel[] {
  return [...dashboards].flatMap(([dashboard, { panels }]) => {
    let row = '';
    return panels
      .flatMap((panel) => [panel, ...(panel.panels ?? [])])
      .flatMap((panel) => {
        if (panel.type === 'row') {
          row = `${panel.title} / `;
          return [];
        }
        return [{ dashboard, name: `${dashboard}: ${row}${panel.title}`, panel }];
      });
  });
}

/** What all panels ask; a query is named as its panel, with the letter that it has there. */
export function queriesOf(dashboards: Dashboards): readonly Query[] {
  return panelsOf(dashboards).flatMap((shown) =>
    (shown.panel.targets ?? []).map((target) => ({ ...shown, name: `${shown.name} ${target.refId}`, target })),
  );
}

export function variablesOf(dashboards: Dashboards): readonly ShownVariable[] {
  return [...dashboards].flatMap(([dashboard, { templating }]) =>
    templating.list.map((variable) => ({ ...variable, dashboard })),
  );
}

/** The selector and the label of a variable that lists the values of a label. */
export function labelValues({ query }: Variable): { readonly selector: string; readonly label: string } {
  const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  return { selector, label };
}
