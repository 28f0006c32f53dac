export const activities = {
  produce: async (bytes: number): Promise<string> => 'abcdefgh'.repeat(Math.ceil(bytes / 8)).slice(0, bytes),
  measure: async (text: string): Promise<number> => text.length,
};
