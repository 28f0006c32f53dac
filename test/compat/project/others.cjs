/** The other plugins: how each is made, which workflow uses it, and what shows that it works. */
const { createRequire } = require('node:module');
const path = require('node:path');
const { RESPONSE } = require('./server.cjs');

const greet = path.join(__dirname, 'workflows/greet.cjs');

const activities = {
  async callModel() {
    return RESPONSE;
  },
};

function langsmith({ url, runs }) {
  process.env.LANGSMITH_TRACING = 'true';
  const { Client } = require('langsmith');
  const { LangSmithPlugin } = require('@temporalio/langsmith');
  const client = new Client({ apiUrl: url, apiKey: 'none', autoBatchTracing: false });
  const plugin = new LangSmithPlugin({ client, addTemporalRuns: true });
  return { plugin, workflowsPath: greet, activities, works: () => runs.splice(0) };
}

function openaiAgents({ url }) {
  const { setTraceProcessors } = require('@openai/agents-core');
  const { OpenAIProvider } = require('@openai/agents-openai');
  const { OpenAI } = require('openai');
  const { OpenAIAgentsPlugin } = require('@temporalio/openai-agents');
  const modelProvider = new OpenAIProvider({ openAIClient: new OpenAI({ baseURL: url, apiKey: 'none' }) });
  const plugin = new OpenAIAgentsPlugin({ modelProvider, interceptorOptions: { addTemporalSpans: true } });
  const names = [];
  setTraceProcessors([
    {
      onTraceStart: async ({ name }) => void names.push(`trace ${name}`),
      onTraceEnd: async () => {},
      onSpanStart: async () => {},
      onSpanEnd: async ({ spanData }) => void names.push(`${spanData.type} ${spanData.name ?? ''}`),
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  ]);
  const workflowsPath = path.join(__dirname, 'workflows/openai-agents.cjs');
  return { plugin, workflowsPath, works: () => names.splice(0) };
}

function aiSdk({ url }) {
  const { createOpenAI } = require('@ai-sdk/openai');
  const { AiSdkPlugin } = require('@temporalio/ai-sdk');
  const plugin = new AiSdkPlugin({ modelProvider: createOpenAI({ baseURL: url, apiKey: 'none' }) });
  // Its activities are all that it brings: the workflow cannot end without them.
  return { plugin, workflowsPath: path.join(__dirname, 'workflows/ai-sdk.cjs'), works: () => ['model activities'] };
}

/** Both OpenTelemetry plugins, each with the line of the OpenTelemetry SDK that it stands on. */
function opentelemetry(name) {
  const { OpenTelemetryPlugin } = require(name);
  const theirs = createRequire(require.resolve(name));
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = theirs('@opentelemetry/sdk-trace-base');
  const { Resource, resourceFromAttributes } = theirs('@opentelemetry/resources');
  const exporter = new InMemorySpanExporter();
  const spanProcessor = new SimpleSpanProcessor(exporter);
  const provider = new BasicTracerProvider({ spanProcessors: [spanProcessor] });
  const resource = resourceFromAttributes ? resourceFromAttributes({}) : new Resource({});
  const plugin = new OpenTelemetryPlugin({ resource, spanProcessor, tracer: provider.getTracer('compat') });
  const works = () => {
    const names = exporter.getFinishedSpans().map((span) => span.name);
    exporter.reset();
    return names;
  };
  return { plugin, workflowsPath: greet, activities, works };
}

module.exports = {
  langsmith,
  'openai-agents': openaiAgents,
  'ai-sdk': aiSdk,
  'interceptors-opentelemetry': () => opentelemetry('@temporalio/interceptors-opentelemetry'),
  'interceptors-opentelemetry-v2': () => opentelemetry('@temporalio/interceptors-opentelemetry-v2'),
};
