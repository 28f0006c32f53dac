const { temporalProvider } = require('@temporalio/ai-sdk');
const { generateText } = require('ai');

exports.greet = async function greet() {
  const { text } = await generateText({ model: temporalProvider.languageModel('gpt-4o-mini'), prompt: 'Hi' });
  return text;
};
