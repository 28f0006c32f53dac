/** Versions behind the names of some models. */
const VERSIONS: Readonly<Record<string, string>> = {
  'gpt-5.1': '2025-11-13',
  'gpt-5': '2025-08-07',
  'gpt-5-mini': '2025-08-07',
  'gpt-5-nano': '2025-08-07',
  'gpt-4.1': '2025-04-14',
  'gpt-4.1-mini': '2025-04-14',
  'gpt-4o': '2024-08-06',
  'gpt-4o-mini': '2024-07-18',
  'claude-sonnet-4-5': '20250929',
  'claude-haiku-4-5': '20251001',
  'claude-opus-4-5': '20251101',
};

/** Responses name the version that answered; a name that is not known stays as it is. */
export function versionedModel(model: string): string {
  const version = VERSIONS[model];
  return version === undefined ? model : `${model}-${version}`;
}
