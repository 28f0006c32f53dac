import { type ActivityInput, workflowInfo } from '@temporalio/workflow';
import { readableBytes } from '../../definitions/readable-bytes';
import { messageList } from '../../llm/message-list';
import { payloadBytes } from './command-payloads';
import { type Conversation, continueConversation } from './conversation';
import type { HistoryGrowth } from './history-growth';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/** Times that a list has to come back longer before it is a conversation that is sent again and again. */
const MIN_RESENT = 3;

/**
 * Share of the history limit below which nothing is said, 1 MiB of the default: a short conversation is over long before
 * it matters, however few calls would be left if it went on.
 */
const MIN_HISTORY_SHARE = 0.02;

/** Share of what a call adds to history that its input has to be, or something else fills the history. */
const MIN_INPUT_SHARE = 0.5;

/** Conversations of one run that are followed at once: sub-agents, a planner and its critics. */
const MAX_CONVERSATIONS = 8;

interface Sent {
  readonly activityType: string;
  readonly conversation: Conversation;
}

/** Finds agents whose history fills up with the same conversation, stored once for each model call. */
export class ConversationInHistory implements WorkflowDetector {
  /** The latest last. */
  private sent: Sent[] = [];
  /** Model calls of this activation that resend a conversation, by the number of the activity. */
  private readonly resent = new Map<number, Sent>();

  constructor(
    private readonly run: WatchedRun,
    private readonly growth: HistoryGrowth,
  ) {}

  scheduling({ seq, activityType, args }: Pick<ActivityInput, 'seq' | 'activityType' | 'args'>): void {
    if (!this.run.state.callsModels(activityType)) return;
    const messages = messageList(args);
    if (messages === undefined) return;
    const { sent } = this;
    let conversation: Conversation | undefined;
    let index = sent.length - 1;
    for (; index >= 0 && conversation === undefined; index--) {
      const candidate = sent[index];
      if (candidate?.activityType === activityType) {
        conversation = continueConversation(candidate.conversation, messages);
      }
    }
    if (conversation !== undefined) sent.splice(index + 1, 1);
    else if (sent.length >= MAX_CONVERSATIONS) sent.shift();
    const entry = { activityType, conversation: conversation ?? continueConversation(undefined, messages) };
    sent.push(entry);
    if (entry.conversation.resent >= MIN_RESENT) this.resent.set(seq, entry);
  }

  concluded(commands: readonly Command[]): void {
    if (this.resent.size === 0) return;
    for (const command of commands) {
      const resent = this.resent.get(command.scheduleActivity?.seq ?? -1);
      if (resent !== undefined) this.check(resent, payloadBytes(command));
    }
    this.resent.clear();
  }

  private check({ activityType, conversation }: Sent, inputBytes: number): void {
    const { historySizeLimitBytes: maximum, conversationCallsLeft } = this.run.thresholds;
    const { historySize: used } = workflowInfo();
    if (used < maximum * MIN_HISTORY_SHARE) return;
    const forecast = this.growth.forecast('bytes', used, maximum);
    if (forecast === undefined || forecast.callsLeft > conversationCallsLeft) return;
    if (inputBytes < forecast.nextCall * MIN_INPUT_SHARE) return;
    const { callsLeft } = forecast;
    this.run.found({
      id: 'conversation-in-history',
      message: `activity ${activityType} is sent a list of messages that grows with each call, ${conversation.length} with ${readableBytes(inputBytes)} now; history has ${readableBytes(used)} of ${readableBytes(maximum)}, and as it grows now ${callsLeft} more model ${callsLeft === 1 ? 'call fits' : 'calls fit'}`,
      cause: activityType,
      evidence: { activityType, messages: conversation.length, inputBytes, historySize: used, callsLeft },
    });
  }
}
