/**
 * Where a text stops being JSON, in words: `a mistake at line 3, column 7`. Nothing of the text is in them: it may be another file than
 * was meant, with a secret in it.
 */
export function jsonFault(text: string): string {
  if (text.trim() === "") {
    return "an empty file";
  }
  // A beginning of JSON lacks only its end: the first that does not has the mistake in its last character.
  let [sound, wrong] = [0, text.length + 1];
  while (wrong - sound > 1) {
    const middle = Math.floor((sound + wrong) / 2);
    [sound, wrong] = isBeginning(text.slice(0, middle)) ? [middle, wrong] : [sound, middle];
  }
  if (sound === text.length) {
    return "a text that ends in the middle";
  }
  const before = text.slice(0, sound).split("\n");
  return `a mistake at line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const [, at] = /at position (\d+)/.exec(message) ?? [];
    return /^(Unexpected end of|Unterminated string)/.test(message) || Number(at) >= text.length;
  }
}
