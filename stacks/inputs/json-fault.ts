/** Levels of lists and objects that a text may have: whatever walks deeper runs out of its stack. */
const MOST_LEVELS = 200;

/**
 * The value of a text that somebody else wrote.
 *
 * @param revive as `JSON.parse` takes it. @default - nothing is changed
 * @throws {SyntaxError} saying what it is in place of JSON, in words that fit behind "got".
 */
export function jsonOf(text: string, revive?: (key: string, value: unknown) => unknown): unknown {
  if (!isTooDeep(text)) {
    try {
      return JSON.parse(text, revive);
    } catch {
      // Told below, without anything of the text.
    }
  }
  throw new SyntaxError(jsonFault(text));
}

/**
 * Where a text stops being JSON, in words: `a mistake at line 3, column 7`. Nothing of the text is in them: it may be another file than
 * was meant, with a secret in it.
 */
function jsonFault(text: string): string {
  if (text.trim() === "") {
    return "an empty file";
  }
  if (isTooDeep(text)) {
    return `lists and objects of more than ${MOST_LEVELS} levels`;
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

function isTooDeep(text: string): boolean {
  let [level, isInText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const each = text[at]!;
    if (each === "\\") {
      at++;
    } else if (each === '"') {
      isInText = !isInText;
    } else if (!isInText && (each === "[" || each === "{")) {
      level++;
    } else if (!isInText && (each === "]" || each === "}")) {
      level--;
    }
    if (level > MOST_LEVELS) {
      return true;
    }
  }
  return false;
}
