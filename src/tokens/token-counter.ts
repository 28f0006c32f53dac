import { CountingThread } from './counting-thread';
import type { TokenEncoding } from './encoding-for-model';
import { sampleText } from './sample';
import type { CountReply, CountRequest } from './worker-protocol';

const MIB = 1024 * 1024;

/** Text that one request has counted, in bytes of UTF-8; of more than that, a sample of this size. */
export const MAX_COUNTED_BYTES = 4 * MIB;

/** Text that may wait for the thread, in bytes of UTF-8. */
const MAX_WAITING_BYTES = 16 * MIB;

/** Requests that may wait for the thread. */
const MAX_WAITING = 1024;

/** Why there is no count. */
export class TokensUnavailableError extends Error {
  override readonly name = 'TokensUnavailableError';
}

export interface CountedTokens {
  readonly tokens: number;
  /** Whether the text was too long to be counted whole. */
  readonly sampled: boolean;
}

interface Job {
  readonly request: CountRequest;
  readonly bytes: number;
  resolve(reply: CountReply): void;
  reject(error: TokensUnavailableError): void;
}

/** Counts in a thread of its own behind a queue that is bounded in length, bytes and time. */
export class TokenCounter {
  private readonly waiting = new Set<Job>();
  private waitingBytes = 0;
  private busy = false;

  constructor(private readonly thread: CountingThread = new CountingThread()) {}

  /**
   * Tokens of each text. Rejects with {@link TokensUnavailableError} when the time is over, too much waits already, the
   * thread dies or the counter is closed.
   */
  async count(texts: readonly string[], encoding: TokenEncoding, timeoutMs: number): Promise<CountedTokens[]> {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const samples = texts.map((text) => sampleText(text, Math.min(1, MAX_COUNTED_BYTES / bytes)));
    const request = { encoding, groups: samples.map(({ pieces }) => pieces) };
    const reply = await this.enqueue(request, Math.min(bytes, MAX_COUNTED_BYTES), timeoutMs);
    return samples.map(({ share }, index) => ({
      tokens: Math.round((reply[index] ?? 0) / share),
      sampled: share < 1,
    }));
  }

  /** Ends the thread; what waits gets no count. A later request starts a thread anew. */
  async close(): Promise<void> {
    for (const job of this.waiting) {
      this.remove(job);
      job.reject(new TokensUnavailableError('The token counter was closed.'));
    }
    await this.thread.terminate();
  }

  private enqueue(request: CountRequest, bytes: number, timeoutMs: number): Promise<CountReply> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size >= MAX_WAITING || this.waitingBytes + bytes > MAX_WAITING_BYTES) {
        throw new TokensUnavailableError('Too much text waits for its tokens to be counted.');
      }
      const settled = () => {
        clearTimeout(deadline);
        this.remove(job);
      };
      const job: Job = {
        request,
        bytes,
        resolve: (reply) => {
          settled();
          resolve(reply);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      const deadline = setTimeout(() => {
        job.reject(new TokensUnavailableError(`Tokens were not counted within ${timeoutMs} ms.`));
      }, timeoutMs).unref();
      this.waiting.add(job);
      this.waitingBytes += bytes;
      void this.work();
    });
  }

  private remove(job: Job): void {
    if (this.waiting.delete(job)) this.waitingBytes -= job.bytes;
  }

  /** One request at a time, so that a text that kills the thread takes no other with it. */
  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (const job of this.waiting) {
      this.remove(job);
      try {
        job.resolve(await this.thread.run(job.request));
      } catch (cause) {
        job.reject(new TokensUnavailableError('Tokens could not be counted.', { cause }));
      }
    }
    this.busy = false;
  }
}
