import OpenAI from 'openai';

/**
 * BROKEN: workflow code calls the model.
 *
 * It cannot: the sandbox has no `fetch`, so the workflow task fails and is tried again for ever. Where it could, every
 * replay would call and pay the model again, and get another answer.
 */
export async function summarise(text: string): Promise<string> {
  const openai = new OpenAI({ apiKey: 'from-the-vault' });
  const completion = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: `Summarise: ${text}` }],
  });
  return completion.choices[0]?.message.content ?? '';
}
