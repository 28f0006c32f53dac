/** A question to which there was no answer, or none that could be understood. Its message is a sentence to show. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(
    message: string,
    /** Nobody listens there, which is another thing than a wrong answer. */
    readonly nobody = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
