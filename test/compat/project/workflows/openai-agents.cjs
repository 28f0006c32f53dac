const { Agent } = require('@openai/agents-core');
const { TemporalOpenAIRunner } = require('@temporalio/openai-agents/workflow');

exports.greet = async function greet() {
  const agent = new Agent({ name: 'Greeter', instructions: 'Greet.', model: 'gpt-4o-mini' });
  const { finalOutput } = await new TemporalOpenAIRunner().run(agent, 'Hi');
  return finalOutput;
};
