const { proxyActivities } = require('@temporalio/workflow');

const { callModel } = proxyActivities({ startToCloseTimeout: '1 minute' });

exports.greet = async function greet() {
  const response = await callModel();
  return response.output[0].content[0].text;
};
