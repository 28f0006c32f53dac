export const largeActivities = {
  async largeResult(bytes: number): Promise<string> {
    return 'x'.repeat(bytes);
  },
  async lengthOf(text: string): Promise<number> {
    return text.length;
  },
};
export type LargeActivities = typeof largeActivities;
