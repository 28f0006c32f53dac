import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { fillIn } from '../../examples/monitoring/panels/fill-in';

/** Samples a minute apart, in promtool's notation. */
export interface Series {
  readonly series: string;
  readonly values: string;
}

/** What an expression should come to at a time; variables of Grafana are filled in. */
export interface Compared {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
}

/** What promtool says of expressions. */
export function checkRules(exprs: readonly string[]): string {
  const rules = exprs.map((expr, i) => ({ record: `query:${i}`, expr: filledIn(expr) }));
  return promtool(['check', 'rules', '--lint=none'], { groups: [{ name: 'queries', rules }] });
}

/** What promtool says of what expressions come to: SUCCESS, or each that comes to something else. */
export function compare(series: readonly Series[], tests: readonly Compared[]): string {
  return promtool(['test', 'rules'], {
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series,
        promql_expr_test: tests.map((each) => ({ ...each, expr: filledIn(each.expr) })),
      },
    ],
  });
}

/** With everything chosen, over windows that are full of samples. */
function filledIn(expr: string): string {
  return fillIn(expr, { rateInterval: '5m', interval: '1m', range: '6h', chosen: () => '.*' });
}

function promtool(command: readonly string[], input: object): string {
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(path.resolve('.cache', 'promtool-'));
  try {
    const file = path.join(folder, 'input.yml');
    writeFileSync(file, stringify(input));
    return execFileSync('promtool', [...command, file], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { code, stdout, stderr } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error('promtool is not on the PATH. Debian has it in the package `prometheus`.');
    }
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
