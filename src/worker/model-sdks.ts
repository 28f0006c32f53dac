/**
 * Packages that call models, and which of them Temporal's own integrations bring into workflow code by design.
 *
 * @module
 */

/** Whole scopes; what follows in `PURE` does no I/O and is no model SDK. */
const SCOPES = ['@ai-sdk/', '@langchain/', '@llamaindex/', '@mistralai/', '@huggingface/', '@strands-agents/'];

const PURE: ReadonlySet<string> = new Set([
  '@ai-sdk/provider',
  '@ai-sdk/provider-utils',
  '@langchain/core',
  '@langchain/textsplitters',
  '@huggingface/jinja',
  '@huggingface/tasks',
]);

const PACKAGES: ReadonlySet<string> = new Set([
  'openai',
  '@anthropic-ai/sdk',
  '@anthropic-ai/bedrock-sdk',
  '@anthropic-ai/vertex-sdk',
  '@anthropic-ai/claude-agent-sdk',
  '@azure/openai',
  '@azure-rest/ai-inference',
  '@aws-sdk/client-bedrock-runtime',
  '@aws-sdk/client-bedrock-agent-runtime',
  '@google/adk',
  '@google/genai',
  '@google/generative-ai',
  '@google-cloud/vertexai',
  '@ibm-cloud/watsonx-ai',
  '@openai/agents',
  '@openai/agents-core',
  '@openai/agents-openai',
  '@openai/agents-realtime',
  '@openrouter/sdk',
  '@cerebras/cerebras_cloud_sdk',
  '@mastra/core',
  'ai',
  'cohere-ai',
  'groq-sdk',
  'langchain',
  'llamaindex',
  'ollama',
  'replicate',
  'together-ai',
]);

interface Integration {
  readonly package: string;
  /** What workflow code imports beside it, as its documentation says. All that these bring in turn is theirs to answer for. */
  readonly imports: readonly string[];
}

/**
 * Integrations replace the model behind these packages by activities.
 *
 * Source: the README of each package, 1.23.
 */
const INTEGRATIONS: readonly Integration[] = [
  { package: '@temporalio/ai-sdk', imports: ['ai', '@ai-sdk/mcp', '@ai-sdk/gateway'] },
  { package: '@temporalio/openai-agents', imports: ['@openai/agents-core', '@openai/agents'] },
  { package: '@temporalio/strands-agents', imports: ['@strands-agents/sdk'] },
  { package: '@temporalio/google-adk-agents', imports: ['@google/adk'] },
];

export function isModelSdk(name: string): boolean {
  return PACKAGES.has(name) || (SCOPES.some((scope) => name.startsWith(scope)) && !PURE.has(name));
}

/** Packages that may stand in a bundle with these packages: what the integrations among them are made for. */
export function integratedPackages(present: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    INTEGRATIONS.filter((integration) => present.has(integration.package)).flatMap(({ imports }) => imports),
  );
}

/** Name of the package that a module belongs to; `undefined` for the application's own. */
export function packageOf(path: string): string | undefined {
  const [, inside] = /.*[\\/]node_modules[\\/](.*)$/.exec(`/${path}`) ?? [];
  if (inside === undefined) return undefined;
  const [first = '', second = ''] = inside.split(/[\\/]/);
  return first.startsWith('@') ? `${first}/${second}` : first;
}
