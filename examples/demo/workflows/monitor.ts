import { continueAsNew, sleep } from '@temporalio/workflow';
import type OpenAI from 'openai';
import type { Reading } from '../activities/tools';
import { models, tools } from './proxies';

const CYCLES_PER_RUN = 3;

export interface MonitorState {
  readonly sensor: string;
  /** Cycles to go, over all runs. */
  readonly cyclesLeft: number;
  readonly pauseMs: number;
  readonly reports: readonly string[];
}

/** Watches a sensor for a long time. Continues as new every few cycles, so that its history stays short. */
export async function monitor(state: MonitorState): Promise<string[]> {
  let { cyclesLeft } = state;
  const reports = [...state.reports];
  for (let cycle = 0; cycle < CYCLES_PER_RUN && cyclesLeft > 0; cycle++, cyclesLeft--) {
    const reading = await tools.readSensor(state.sensor);
    reports.push(answerOf(await models.chatCompletion({ messages: assess(reading) })));
    if (cyclesLeft > 1) await sleep(state.pauseMs);
  }
  if (cyclesLeft === 0) return reports;
  // Only the newest reports travel on: an input that grows would reach the payload limit one day.
  return continueAsNew<typeof monitor>({ ...state, cyclesLeft, reports: reports.slice(-10) });
}

function assess({ sensor, celsius }: Reading): OpenAI.ChatCompletionMessageParam[] {
  return [
    { role: 'system', content: 'You assess sensor readings in one sentence.' },
    { role: 'user', content: `${sensor} reads ${celsius} degrees Celsius.` },
  ];
}

function answerOf(completion: OpenAI.ChatCompletion): string {
  return completion.choices[0]?.message.content ?? '';
}
