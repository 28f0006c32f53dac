import { log } from '@temporalio/activity';
import { agentContext } from 'temporal-agent-observability/activity';
import { completion } from '../plugin/activities';

export const activities = {
  async callModel(_model: string) {
    return completion();
  },

  /** A model activity by its type, whatever it returns. */
  async invokeModel(_options: unknown): Promise<string> {
    return 'nothing that a reader knows';
  },

  async search(query: string): Promise<string> {
    log.info('searching');
    return `results for ${query}`;
  },

  async readPage(): Promise<string> {
    return 'page';
  },

  /** How OpenAI Agents and the AI SDK call the tools of an MCP server. */
  async 'wiki-callTool'(_call: { readonly toolName: string }): Promise<string> {
    return 'page';
  },

  /** What the activity is told about the agent. */
  async whoami() {
    return agentContext();
  },
};

export type Activities = typeof activities;
