/** A tool of the agents that get stuck. */
export async function search(what: string): Promise<string> {
  return `Nothing was found about ${what}.`;
}
