import { createHash } from "node:crypto";

/**
 * The one text of a value: keys in the order of their characters, two spaces a level, a newline at the end.
 *
 * @param apart level of the objects whose entries stand apart by an empty line; 0 is the value itself. Git merges changes of two lines
 * only where another line lies between them. @default - nowhere
 */
export const canonicalText = (value: unknown, apart?: number): string => `${textAt(value, 0, apart)}\n`;

function textAt(value: unknown, level: number, apart: number | undefined): string {
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const items = Array.isArray(value)
    ? value.map((item) => textAt(item, level + 1, apart))
    : Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, inner]) => `${JSON.stringify(key)}: ${textAt(inner, level + 1, apart)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const indent = "  ".repeat(level);
  const between = level === apart ? ",\n\n" : ",\n";
  return items.length === 0
    ? `${open}${close}`
    : `${open}\n${items.map((item) => `${indent}  ${item}`).join(between)}\n${indent}${close}`;
}

/** What a signature is made over: the text of a release without its signature. */
export const signedText = (release: { signature?: unknown }): string => canonicalText({ ...release, signature: undefined });

/** Digest of a release, by which others name it: sha256 over its text without the signature, 64 hexadecimal digits. */
export const digestOfRelease = (release: { signature?: unknown }): string =>
  createHash("sha256").update(signedText(release)).digest("hex");
