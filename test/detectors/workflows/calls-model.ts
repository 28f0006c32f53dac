import { answer } from './model-client';

export async function agent(prompt: string): Promise<string | null> {
  return await answer(prompt);
}
