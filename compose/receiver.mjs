// Shows notifications of Alertmanager: prints them as they come, and serves the newest as a page.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const PORT = Number(process.env.PORT ?? 9094);
const HOST = process.env.HOST ?? '0.0.0.0';
const MOST_KEPT = 200;

/** @typedef {{ status: string, labels: Record<string, string>, annotations: Record<string, string> }} Alert */

/** @type {string[]} */
const lines = [];

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.writeHead(400).end();
  });
}).listen(PORT, HOST, () => {
  const address = server.address();
  console.log(`notifications are shown at http://${HOST}:${typeof address === 'object' ? address?.port : PORT}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit());

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  if (request.method === 'POST') {
    const { alerts } = /** @type {{ alerts: Alert[] }} */ (await json(request));
    for (const alert of alerts) show(alert);
    response.end();
  } else if (request.url === '/healthz') response.end('ok\n');
  else {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(lines.length === 0 ? 'No notification yet.\n' : `${lines.join('\n')}\n`);
  }
}

/** @param {Alert} alert */
function show({ status, labels, annotations }) {
  const about = Object.entries(labels).flatMap(([name, value]) => (name === 'alertname' ? [] : [`${name}=${value}`]));
  const entry = [
    `${new Date().toISOString()}  ${status.toUpperCase()}  ${labels.alertname}  ${about.join(' ')}`,
    `    ${annotations.summary}`,
    `    ${annotations.description}`,
    `    $ ${annotations.command}`,
    `    ${annotations.dashboard_url}`,
  ].join('\n');
  console.log(entry);
  lines.unshift(entry);
  lines.length = Math.min(lines.length, MOST_KEPT);
}
