import { describe, test } from 'vitest';
import { cut, extended, samplesIn, withGap, withNewTaskType, without } from './derived';
import { RECORDED_ALERTS } from './recorded-alerts';
import { type Recording, readRecordings } from './recording';
import { replay } from './replay';

const RECORDINGS = new Map(readRecordings().map((recording) => [recording.scenario, recording]));

const STUCK = ['TemporalAgentRunsOverdue', 'TemporalAgentApprovalOverdue'];
const GAP = samplesIn(6);

describe('a gap of six minutes in all that is scraped', () => {
  test('ends no alert whose condition goes on, and raises none', async () => {
    const stuck = recorded('stuck');
    const from = mark(stuck, 'mended') - GAP - samplesIn(1);
    const during = [from, from + GAP / 2, from + GAP - 1, from + GAP, from + GAP + 2];
    const at = Object.fromEntries(during.map((sample) => [sample, STUCK]));
    await replay(withGap(stuck, from, GAP), { fires: STUCK, at: { ...at, [stuck.length]: [] } });
  });

  test.each([...RECORDINGS.values()])('after $scenario was mended raises nothing else', async (recording) => {
    const gap = withGap(recording, mark(recording, 'mended') + samplesIn(1), GAP);
    await replay(gap, { fires: alertsOf(recording.scenario), whole: false });
  });

  test('makes nothing new of what was found long ago', async () => {
    const { fires, after, length } = longAfter('02-missing-heartbeats');
    const gap = withGap(after, length + samplesIn(5), GAP);
    await replay(gap, { fires, at: { [length]: [], [gap.length]: [] } });
  });
});

describe('a restart', () => {
  test('of the worker or the exporter ends no alert whose condition goes on', async () => {
    const stuck = recorded('stuck');
    const killed = mark(stuck, 'worker killed');
    const restarted = mark(stuck, 'exporter restarted');
    const samples = [killed, killed + samplesIn(5), restarted, restarted + 1, restarted + 5, mark(stuck, 'mended')];
    await replay(stuck, { fires: STUCK, at: Object.fromEntries(samples.map((sample) => [sample, STUCK])) });
  });

  test('of a worker raises nothing by itself', async () => {
    const { fires, after, length } = longAfter('11-unknown-transform');
    const restart = length + samplesIn(2);
    const again = restarted(after, 'worker:9465', restart, samplesIn(2));
    await replay(again, { fires, at: { [length]: [], [restart + samplesIn(4)]: [], [again.length]: [] } });
  });
});

describe('without the exporter', () => {
  test('that is said, and nothing of what it alone knows', async () => {
    await replay(without(recorded('stuck'), 'exporter:9466'), { fires: ['TemporalAgentExporterAbsent'] });
  });

  test('findings of workers fire all the same', async () => {
    const fires = [...alertsOf('03-endless-loop'), 'TemporalAgentExporterAbsent'];
    await replay(without(recorded('03-endless-loop'), 'exporter:9466'), { fires });
  });
});

test('without the metrics of workers, what the exporter knows fires all the same', async () => {
  const exporter = without(without(recorded('stuck'), 'worker:9464'), 'worker:9465');
  await replay(exporter, { fires: STUCK, before: [mark(recorded('stuck'), 'mended'), STUCK] });
});

describe('a new task type', () => {
  test('that is found to be broken is an alert beside that of the other', async () => {
    const added = withNewTaskType(recorded('02-missing-heartbeats'), 'write', 'translate', samplesIn(5));
    const alert = 'TemporalAgentHeartbeatMissing';
    const fires = alertsOf('02-missing-heartbeats');
    await replay(added, { fires, instances: [alert, ['translate', 'write']] });
  });

  test('that waits for an approval is an alert beside that of the other', async () => {
    const added = withNewTaskType(recorded('stuck'), 'refund', 'purchase', samplesIn(5));
    await replay(added, { fires: STUCK, instances: ['TemporalAgentApprovalOverdue', ['purchase', 'refund']] });
  });
});

describe('few samples', () => {
  test('of model calls are no share of them', async () => {
    const models = recorded('models');
    const few = cut(models, mark(models, 'broken') + samplesIn(2));
    await replay(few, { fires: ['TemporalAgentQuotaExhausted'] });
  });

  test.each(['exporter-absent', 'exporter-down', 'exporter-stale'])('of %s are no reason yet', async (scenario) => {
    const recording = recorded(scenario);
    await replay(cut(recording, mark(recording, 'broken') + samplesIn(4)), { fires: [] });
  });

  test('of a run that has just become overdue are none, while an approval has had its time', async () => {
    const stuck = recorded('stuck');
    const overdue = stuck.series.find(
      ({ name, labels }) => name.endsWith('_overdue') && labels.includes('investigate'),
    );
    const since = overdue?.samples.indexOf(1) ?? 0;
    await replay(cut(stuck, since + samplesIn(1)), { fires: [] });
  });
});

/** A recording that goes on for so long after its alerts that nothing of them is in any window. */
function longAfter(scenario: string) {
  const recording = recorded(scenario);
  const after = extended(recording, samplesIn(30));
  return { fires: alertsOf(scenario), after, length: recording.length };
}

/** An instance is gone for a while and begins anew with what it had at first. */
function restarted(recording: Recording, instance: string, from: number, length: number): Recording {
  const series = recording.series.map((series) => {
    if (series.instance !== instance || series.samples.length <= from) return series;
    const { name, samples } = series;
    const gone = name === 'up' ? Array(length).fill(0) : ['stale', ...Array(length - 1).fill(undefined)];
    const back = name.endsWith('_total') ? [0] : [];
    return {
      ...series,
      samples: [...samples.slice(0, from), ...gone, ...back, ...samples.slice(from + length + back.length)],
    };
  });
  return { ...recording, series };
}

function recorded(scenario: string): Recording {
  const recording = RECORDINGS.get(scenario);
  if (recording === undefined) throw new Error(`there is no recording of ${scenario}`);
  return recording;
}

function mark({ scenario, marks }: Recording, name: string): number {
  const sample = marks[name];
  if (sample === undefined) throw new Error(`the recording of ${scenario} has no mark ${name}`);
  return sample;
}

function alertsOf(scenario: string): readonly string[] {
  return RECORDED_ALERTS[scenario] ?? [];
}
