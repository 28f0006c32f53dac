import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer as answerOf } from './answer';
import { type Conversation, isJson, type Json } from './conversation';
import { anthropicMessages } from './dialects/anthropic-messages';
import type { Dialect, ServerSentEvent } from './dialects/dialect';
import { openAiChat } from './dialects/openai-chat';
import { openAiResponses } from './dialects/openai-responses';
import { type Directive, parseDirective } from './directive';
import { type Fault, Faults } from './faults';
import { type ModelUsage, UsageLedger } from './usage-ledger';
import { versionedModel } from './versioned-model';

const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, anthropicMessages];

/** Requests that {@link ProviderServer.requests} keeps, the newest. */
const MAX_REQUESTS = 1000;

export interface ProviderServerOptions {
  /** Default: a free one. */
  readonly port?: number;
}

/** A request as it came, and what it was answered with. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
  /** HTTP status; 0 for a dropped connection. */
  status: number;
}

export interface ProviderServer {
  /** Address without `/v1`: the base of `@anthropic-ai/sdk`, and with `/v1` that of `openai`. */
  readonly url: string;
  /** The newest thousand requests, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** What successful responses reported, by model and version as they named it. */
  usage(): Map<string, ModelUsage>;
  /** Makes the next matching requests fail, before any fault that a conversation plans for itself. */
  failNext(fault: Fault): void;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that speaks the wire formats of OpenAI and Anthropic; the README tells what it answers. */
export async function startProviderServer(options: ProviderServerOptions = {}): Promise<ProviderServer> {
  const play = new Play();
  const server = createServer((request, response) => {
    play.serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else
        sendJson(response, 500, { error: { message: String(error), type: 'server_error', code: null, param: null } });
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: play.requests,
    usage: () => play.ledger.snapshot(),
    failNext: (fault) => play.faults.add(fault),
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

class Play {
  readonly requests: ReceivedRequest[] = [];
  readonly ledger = new UsageLedger();
  readonly faults = new Faults();
  private served = 0;

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const body = await readBody(request);
    const received: ReceivedRequest = { path, headers: request.headers, body, status: 0 };
    this.requests.push(received);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
    response.once('finish', () => {
      received.status = response.statusCode;
    });

    const dialect = DIALECTS.find((candidate) => candidate.path === path);
    const id = String(++this.served).padStart(8, '0');
    if (dialect === undefined || request.method !== 'POST') {
      sendJson(response, 404, { error: { message: `No such endpoint: ${path}`, type: 'invalid_request_error' } });
      return;
    }
    response.setHeader('x-request-id', `req_${id}`);
    response.setHeader(dialect.requestIdHeader, `req_${id}`);
    if (!isJson(body) || typeof body.model !== 'string') {
      sendJson(
        response,
        400,
        dialect.errorBody({ status: 400, message: 'A JSON body with a model is needed.' }, `req_${id}`),
      );
      return;
    }
    const conversation = dialect.parse(body);
    let directive: Directive;
    try {
      directive = parseDirective(conversation.texts);
    } catch (error) {
      sendJson(response, 400, dialect.errorBody({ status: 400, message: String(error) }, `req_${id}`));
      return;
    }
    if (directive.delay !== undefined) await sleep(directive.delay);
    const fault = this.faults.next(path, conversation, directive);
    if (fault === undefined || fault.breakStream) {
      await this.succeed(dialect, conversation, directive, id, response, fault !== undefined);
    } else {
      fail(dialect, fault, `req_${id}`, response);
    }
  }

  private async succeed(
    dialect: Dialect,
    conversation: Conversation,
    directive: Directive,
    id: string,
    response: ServerResponse,
    breaks: boolean,
  ): Promise<void> {
    const answer = answerOf(conversation, directive);
    const model = versionedModel(conversation.model);
    const withUsage = conversation.includeUsage && directive.usage !== 'off';
    const context = { id, model, withUsage };
    if (conversation.stream) {
      await sendEvents(response, dialect.events(answer, context), breaks ? dialect.errorEvent() : undefined);
    } else if (breaks) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{');
      response.destroy();
    } else {
      sendJson(response, 200, dialect.response(answer, context));
    }
    if (breaks) return;
    this.ledger.add(model, withUsage ? answer.tokens : undefined);
    if (answer.ending !== 'tool') this.faults.forget(conversation);
  }
}

function fail(dialect: Dialect, fault: Fault, requestId: string, response: ServerResponse): void {
  if (fault.drop || fault.status === undefined) {
    response.destroy();
    return;
  }
  const { status } = fault;
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  sendJson(response, status, fault.body ?? dialect.errorBody({ ...fault, status }, requestId));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Sends every event; with an error, the first few and then that. A client that goes away ends it. */
async function sendEvents(
  response: ServerResponse,
  events: Iterable<ServerSentEvent>,
  error: ServerSentEvent | undefined,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  await pipeline(Readable.from(encoded(events, error)), response).catch(() => undefined);
}

function* encoded(events: Iterable<ServerSentEvent>, error: ServerSentEvent | undefined): Generator<string> {
  let sent = 0;
  for (const event of events) {
    if (error !== undefined && sent++ === 2) {
      yield encode(error);
      return;
    }
    yield encode(event);
  }
}

function encode({ event, data }: ServerSentEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data as Json);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}
