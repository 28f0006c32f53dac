/**
 * How many steps an attempt took that could have been activities of their own: model requests answered one after the
 * other, and between two of them the tools.
 *
 * Requests that are under way at once are one step: a batch over independent inputs, whatever its size, is no loop. What
 * comes back first makes the step, and the next begins with the first request that is sent after it.
 *
 * @module
 */

/** The place of a request in the chain, taken when it is sent. */
export interface Place {
  /** Turns that had been answered. */
  readonly after: number;
  /** Whether a tool had been called since the last of them. */
  readonly viaTools: boolean;
}

export class TurnChain {
  /** Model requests answered one after the other. */
  turns = 0;
  /** Turns, and gaps between two of them in which tools were called. */
  steps = 0;
  /** Model requests answered, parallel ones too. */
  answered = 0;
  private toolsSinceTurn = false;

  place(): Place {
    return { after: this.turns, viaTools: this.toolsSinceTurn };
  }

  modelAnswered({ after, viaTools }: Place): void {
    this.answered += 1;
    if (after < this.turns) return;
    this.turns += 1;
    this.steps += viaTools ? 2 : 1;
    this.toolsSinceTurn = false;
  }

  toolAnswered({ after }: Place): void {
    // What a tool does before the first turn, or beside one, is not asked for by a model.
    if (after > 0 && after === this.turns) this.toolsSinceTurn = true;
  }
}
