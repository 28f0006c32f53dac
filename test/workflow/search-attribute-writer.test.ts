/**
 * The frozen rule `sa-v1`. These positions are a contract with every run that is open anywhere: a change that makes one
 * of these tests fail breaks the replay of such runs.
 */
import { describe, expect, test } from 'vitest';
import { SearchAttributeWriter } from '#lib/workflow/search-attribute-writer';

class Run {
  writes = 0;
  readonly writer = new SearchAttributeWriter(() => {
    this.writes++;
  });

  constructor(on = true) {
    this.writer.start(on);
  }

  /** Whether this step wrote. Two writes by one step cannot be. */
  wrote(step: (writer: SearchAttributeWriter) => void): boolean {
    const before = this.writes;
    step(this.writer);
    expect(this.writes - before).toBeLessThanOrEqual(1);
    return this.writes > before;
  }

  schedules = () => this.wrote((writer) => writer.scheduling());
  ends = () => this.wrote((writer) => writer.ending());
  resolves = (count = 1) =>
    this.wrote((writer) => {
      for (let i = 0; i < count; i++) writer.resolved();
    });
}

/** An agent that does one thing after the other. */
function positionsOfLoop(steps: number): number[] {
  const run = new Run();
  const positions: number[] = [];
  for (let n = 1; n <= steps; n++) {
    if (run.schedules()) positions.push(n);
    run.resolves();
  }
  return positions;
}

describe('one thing after the other', () => {
  test('writes at the first step and at every even one up to 200', () => {
    const even = Array.from({ length: 100 }, (_, i) => 2 * (i + 1));
    expect(positionsOfLoop(200)).toEqual([1, ...even]);
  });

  test('then at every tenth', () => {
    expect(positionsOfLoop(240).filter((n) => n > 196)).toEqual([198, 200, 210, 220, 230, 240]);
    expect(positionsOfLoop(1_000).at(-1)).toBe(1_000);
    expect(positionsOfLoop(1_009).filter((n) => n > 990)).toEqual([1_000]);
  });
});

describe('things side by side', () => {
  test('count once: what is scheduled without news since the last is no step', () => {
    const run = new Run();
    expect([run.schedules(), run.schedules(), run.schedules()]).toEqual([true, false, false]);
    run.resolves(3);
    expect([run.schedules(), run.schedules()]).toEqual([true, false]);
  });

  test('one result is enough for a step, and a hundred are no more', () => {
    const run = new Run();
    run.schedules();
    run.resolves(100);
    expect(run.schedules()).toBe(true);
    run.resolves();
    // n is 3 now.
    expect(run.schedules()).toBe(false);
    expect(run.schedules()).toBe(false);
    run.resolves();
    expect(run.schedules()).toBe(true);
  });
});

describe('at its end, be it the end of the function or the next run', () => {
  test('a run writes what it has not written', () => {
    const run = new Run();
    run.schedules();
    run.resolves();
    expect(run.ends()).toBe(true);
  });

  test('a run does not write again what it has written', () => {
    const run = new Run();
    run.schedules();
    run.resolves();
    run.schedules();
    expect(run.ends()).toBe(false);
  });

  test('a step that did not write leaves its news unwritten', () => {
    const run = new Run();
    for (let n = 1; n <= 2; n++) {
      run.schedules();
      run.resolves();
    }
    expect(run.schedules()).toBe(false);
    expect(run.ends()).toBe(true);
    expect(run.ends()).toBe(false);
  });

  test('a run without any result writes nothing', () => {
    expect(new Run().ends()).toBe(false);
    const scheduled = new Run();
    scheduled.schedules();
    expect(scheduled.ends()).toBe(false);
  });

  test('a run that never scheduled writes what it heard', () => {
    const run = new Run();
    run.resolves();
    expect(run.ends()).toBe(true);
  });

  test('an ending that is taken back does not shift the steps after it', () => {
    const run = new Run();
    run.schedules();
    run.resolves();
    run.ends();
    // Neither first nor n changed with it: this is step 2, and there is news.
    expect(run.schedules()).toBe(true);
    run.resolves();
    expect(run.schedules()).toBe(false);
  });
});

test('a result before anything was scheduled does not make two steps of the first', () => {
  const run = new Run();
  run.resolves();
  expect([run.schedules(), run.schedules()]).toEqual([true, false]);
});

test('a run that was refused never writes', () => {
  const run = new Run(false);
  for (let n = 0; n < 300; n++) {
    expect(run.schedules()).toBe(false);
    run.resolves();
  }
  expect(run.ends()).toBe(false);
});

test('nothing is written, and no step counted, before the run has started', () => {
  let writes = 0;
  const writer = new SearchAttributeWriter(() => {
    writes++;
  });
  writer.scheduling();
  writer.ending();
  expect(writes).toBe(0);
  writer.start(true);
  writer.scheduling();
  expect(writes).toBe(1);
});
