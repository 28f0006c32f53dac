import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { node, tracing } from '@opentelemetry/sdk-node';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { ActivityObservation, AgentCorrelation } from '#lib/activity/observation';
import { MAX_SPAN_ATTRIBUTES, SPAN_ATTRIBUTES } from '#lib/definitions/span-attributes';
import {
  type ActivitySpanDetails,
  abandonActivitySpan,
  endActivitySpan,
  logAttributes,
  startActivitySpan,
  traceIdsOf,
} from '#lib/tracing/index';
import { CANARY, call, correlation, modelCall, refs, STARTED, toolCall } from './observations';

const exporter = new tracing.InMemorySpanExporter();
const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = trace.getTracer('test');

const errors: unknown[] = [];
const report = (_: string, error: unknown) => {
  errors.push(error);
};

const llm = { kind: 'llm', startedAtMs: STARTED } as const;
const tool = { kind: 'tool', startedAtMs: STARTED } as const;

function finished() {
  const [span, ...more] = exporter.getFinishedSpans();
  expect(more).toEqual([]);
  if (span === undefined) {
    throw new Error('no span was exported');
  }
  return span;
}

function spanOf(observation: ActivityObservation, details: ActivitySpanDetails = {}) {
  const hints = observation.kind === 'llm' ? llm : tool;
  endActivitySpan(startActivitySpan(observation.correlation, hints, report), observation, details);
  return finished();
}

beforeEach(() => exporter.reset());
afterEach(() => expect(errors.splice(0)).toEqual([]));
afterAll(() => provider.shutdown());

test('the span of a model call carries the GenAI names, references, cost and ids', () => {
  const span = spanOf(modelCall(), { refs });
  expect(span.name).toBe('chat gpt-5');
  expect(span.kind).toBe(SpanKind.CLIENT);
  expect(span.status.code).toBe(SpanStatusCode.UNSET);
  expect(span.instrumentationLibrary).toMatchObject({
    name: 'temporal-agent-observability',
    schemaUrl: 'https://opentelemetry.io/schemas/1.41.0',
  });
  expect(span.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.response.model': 'gpt-5-2025-08-07',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.finish_reasons': ['tool_call'],
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 200,
    'gen_ai.usage.cache_read.input_tokens': 600,
    'gen_ai.usage.cache_creation.input_tokens': 100,
    'gen_ai.usage.reasoning.output_tokens': 50,
    'gen_ai.conversation.id': 'session-7',
    'gen_ai.input.messages_ref': 'content/shop/sha256/aa/aabb',
    'gen_ai.output.messages_ref': 'content/shop/sha256/cc/ccdd',
    'temporal.agent.input.size_bytes': 900,
    'temporal.agent.output.size_bytes': 300,
    'temporal.agent.input.sha256': 'aabb',
    'temporal.agent.output.sha256': 'ccdd',
    'temporal.agent.usage.source': 'provider',
    'temporal.agent.cost_usd': 0.25,
    'temporal.agent.refusal': true,
    'temporal.agent.outcome': 'ok',
    'temporal.agent.task_type': 'support',
    'temporal.agent.task_id': 'task-9',
    'temporal.agent.session_id': 'session-7',
    'temporal.agent.iteration': 3,
    'temporal.namespace': 'shop',
    'temporal.workflow.id': 'wf-1',
    'temporal.workflow.run_id': 'run-1',
    'temporal.workflow.type': 'supportAgent',
    'temporal.activity.id': '5',
    'temporal.activity.type': 'callModel',
    'temporal.activity.attempt': 2,
  });
});

test('a tool call is an execute_tool span with references of its own', () => {
  const span = spanOf(toolCall({ tool: 'search' }), { refs });
  expect(span.name).toBe('execute_tool search');
  expect(span.kind).toBe(SpanKind.INTERNAL);
  expect(span.attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'temporal.agent.tool.input_ref': 'content/shop/sha256/aa/aabb',
    'temporal.agent.tool.output_ref': 'content/shop/sha256/cc/ccdd',
  });
  expect(Object.keys(span.attributes).join()).not.toMatch(/messages_ref|gen_ai.usage|provider/);
});

test('what is not known is no attribute', () => {
  const { taskId: _t, sessionId: _s, iteration: _i, ...bare } = correlation;
  const { usage: _u, ...unmetered } = call;
  const {
    costUsd: _c,
    inputBytes: _b,
    outputBytes: _o,
    ...observation
  } = modelCall({ correlation: bare, call: unmetered });
  const span = spanOf(observation);
  expect(Object.keys(span.attributes).join()).not.toMatch(
    /conversation|session|task_id|iteration|usage\..*tokens|cost|size/,
  );
  expect(span.attributes['temporal.agent.usage.source']).toBe('absent');
});

test('a model call recognised only by its result gets the name and attributes of one', () => {
  const span = startActivitySpan(correlation, tool, report);
  endActivitySpan(span, modelCall());
  expect(finished().name).toBe('chat gpt-5');
  expect(finished().kind).toBe(SpanKind.INTERNAL);
  expect(finished().attributes['gen_ai.operation.name']).toBe('chat');
  expect(finished().attributes).not.toHaveProperty(SPAN_ATTRIBUTES.toolName);
});

test('a failed model call keeps the name of what it asked for, and says its class alone', () => {
  const {
    call: _,
    costUsd: _c,
    output: _o,
    ...failed
  } = modelCall({
    outcome: 'error',
    errorInfo: { type: 'rate_limited', retryable: true, provider: 'openai' },
    error: new Error(CANARY),
  });
  endActivitySpan(startActivitySpan(correlation, llm, report), { ...failed, requestModel: 'gpt-5' });
  const span = finished();
  expect(span.name).toBe('chat gpt-5');
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'rate_limited' });
  expect(span.events).toEqual([]);
  expect(span.attributes).toMatchObject({
    'error.type': 'rate_limited',
    'temporal.agent.error.retryable': true,
    'temporal.agent.outcome': 'error',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5',
  });
});

test.each([
  ['the type of an ApplicationFailure', { type: 'OrderNotFound', name: 'ApplicationFailure' }, 'OrderNotFound'],
  ['the name of an error', new TypeError(CANARY), 'TypeError'],
  ['nothing that reads like a message', { type: `no order ${CANARY}`, name: `${CANARY}\n` }, '_OTHER'],
  ['nothing of what is no error', CANARY, '_OTHER'],
])('a failed tool tells %s', (_, error, type) => {
  expect(spanOf(toolCall({ outcome: 'error', error })).attributes['error.type']).toBe(type);
});

test('no content is in a span, whatever the outcome', () => {
  const error = Object.assign(new Error(CANARY), { type: `${CANARY} !`, details: [CANARY], cause: new Error(CANARY) });
  for (const observation of [
    modelCall(),
    toolCall(),
    modelCall({ outcome: 'error', error }),
    toolCall({ outcome: 'error', error }),
  ]) {
    const { name, attributes, events, status, links } = spanOf(observation, { refs });
    expect(JSON.stringify({ name, attributes, events, status, links })).not.toContain(CANARY);
    exporter.reset();
  }
});

test('a span with every attribute stays within the budget, and values from outside stay short', () => {
  const long = 'm'.repeat(10_000);
  const errorInfo = { type: 'server_error', retryable: true } as const;
  const endless = { ...call, model: long, requestModel: long, responseId: long, provider: long };
  const span = spanOf(modelCall({ call: endless, outcome: 'error', errorInfo }), { refs });
  expect(Object.keys(span.attributes).length).toBeLessThan(MAX_SPAN_ATTRIBUTES);
  expect(span.droppedAttributesCount).toBe(0);
  expect(Math.max(...Object.values(span.attributes).map((value) => String(value).length))).toBeLessThan(300);
  expect(span.name.length).toBeLessThan(300);
});

test('every attribute name is one of the table', () => {
  const names = new Set<string>(Object.values(SPAN_ATTRIBUTES));
  const known = (attributes: object) => Object.keys(attributes).filter((name) => !names.has(name));
  expect(known(spanOf(modelCall(), { refs }).attributes)).toEqual([]);
  exporter.reset();
  expect(known(spanOf(toolCall({ outcome: 'error' }), { refs }).attributes)).toEqual([]);
});

test('spans nest: ours under what is active, what the activity makes under ours', async () => {
  const outer = tracer.startSpan('outer');
  const inner = await context.with(trace.setSpan(context.active(), outer), async () => {
    const span = startActivitySpan(correlation, llm, report);
    const made = await span.run(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      const child = tracer.startSpan('inner');
      child.end();
      return logAttributes(correlation);
    });
    endActivitySpan(span, modelCall());
    return made;
  });
  outer.end();
  const spans = new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));
  const ours = spans.get('chat gpt-5');
  expect(ours?.parentSpanId).toBe(outer.spanContext().spanId);
  expect(spans.get('inner')?.parentSpanId).toBe(ours?.spanContext().spanId);
  expect(inner).toEqual({
    taskType: 'support',
    taskId: 'task-9',
    sessionId: 'session-7',
    iteration: 3,
    trace_id: outer.spanContext().traceId,
    span_id: ours?.spanContext().spanId,
  });
});

test('what the activity returns or throws passes through', async () => {
  const span = startActivitySpan(correlation, llm, report);
  const result = Promise.resolve(1);
  const failure = new Error('of the activity');
  expect(span.run(() => result)).toBe(result);
  expect(() =>
    span.run(() => {
      throw failure;
    }),
  ).toThrow(failure);
});

test('a span ended late ends when the attempt did, and once', async () => {
  const span = startActivitySpan(correlation, llm, report);
  await new Promise((resolve) => setTimeout(resolve, 5));
  endActivitySpan(span, modelCall({ durationMs: 1500.25 }));
  endActivitySpan(span, toolCall());
  expect(finished().startTime).toEqual([STARTED / 1000, 0]);
  expect(finished().endTime).toEqual([STARTED / 1000 + 1, 500_250_000]);
});

test('an abandoned span ends without an outcome', () => {
  const span = startActivitySpan(correlation, tool, report);
  abandonActivitySpan(span);
  endActivitySpan(span, modelCall());
  expect(finished().status.code).toBe(SpanStatusCode.UNSET);
  expect(finished().attributes).not.toHaveProperty(SPAN_ATTRIBUTES.outcome);
  expect(traceIdsOf(span)).toMatchObject({ spanId: finished().spanContext().spanId });
});

test('a refusal fails the span only where it was thrown', () => {
  expect(spanOf(modelCall({ outcome: 'refusal' })).status.code).toBe(SpanStatusCode.UNSET);
  exporter.reset();
  const errorInfo = { type: 'refusal', retryable: false } as const;
  const { status } = spanOf(modelCall({ outcome: 'refusal', errorInfo, error: new Error(CANARY) }));
  expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'refusal' });
});

test('an error with hostile properties is reported, and the span still ends', () => {
  const error = {
    get type() {
      throw new Error('getter');
    },
  };
  spanOf(toolCall({ outcome: 'error', error }));
  expect(errors.splice(0)).toMatchObject([{ message: 'getter' }]);
});

test('a correlation with hostile ids is reported, and the activity runs', () => {
  const hostile = Object.defineProperty({ ...correlation }, 'taskType', {
    get() {
      throw new Error('getter');
    },
  }) as AgentCorrelation;
  const span = startActivitySpan(hostile, llm, report);
  expect(span.run(() => 'ran')).toBe('ran');
  endActivitySpan(span, modelCall());
  expect(exporter.getFinishedSpans()).toEqual([]);
  expect(errors.splice(0)).toMatchObject([{ message: 'getter' }]);
});
