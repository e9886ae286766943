// Text that somebody else wrote, on a terminal: it is shown, and not obeyed.

/** Characters that move a cursor, change a terminal, or turn the direction of what follows, and those that end a line. */
const COMMANDING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same, and before them what the program itself writes: its own colours and weights, lines and tabs. */
// oxlint-disable-next-line no-control-regex
const OWN_OR_COMMANDING = /(\u001b\[(?:1|2|22|31|32|33|39)m|[\n\t])|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  character === "\n" ? "\\n" : `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;

/** A value in one line: every control character is escaped, a new line too. */
export const printable = (text: string): string => text.replace(COMMANDING, escaped);

/**
 * JSON for whoever prints it: the same value, with every character that a terminal obeys escaped as JSON does. Its new lines stay.
 */
export const harmlessJson = (json: string): string =>
  json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );

/** A whole text for a terminal, with the program's own colours and lines; every other control character is escaped. */
export const harmless = (text: string): string =>
  text.replace(OWN_OR_COMMANDING, (character, own?: string) => own ?? escaped(character));
