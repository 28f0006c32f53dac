/** Named in one line. */
const MOST_SHOWN = 5;

/** The first few of what may be many, and how many more there are. */
export function some(names: readonly string[], separator = ', '): string {
  const more = names.length > MOST_SHOWN ? `${separator}and ${names.length - MOST_SHOWN} more` : '';
  return names.slice(0, MOST_SHOWN).join(separator) + more;
}
