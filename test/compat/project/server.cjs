const { once } = require('node:events');
const { createServer } = require('node:http');

/** What OpenAI's Responses API answers. */
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt-4o-mini-2024-07-18',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'hello', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 7,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 10,
  },
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
};

/** A model provider, and a tracing backend that keeps the names of the runs it is sent. */
async function startServer() {
  const runs = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.method === 'POST' && request.url.startsWith('/runs')) runs.push(JSON.parse(body).name);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/responses' ? RESPONSE : {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, runs, close: () => server.close() };
}

module.exports = { RESPONSE, startServer };
