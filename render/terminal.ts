// What a terminal shows: weight and colour of a text, and one line that is written over while it changes.

import { stripVTControlCharacters, styleText } from "node:util";
import { harmless } from "./printable.ts";

export const bold = (text: string): string => styleText("bold", text);
export const dim = (text: string): string => styleText("dim", text);
export const green = (text: string): string => styleText("green", text);
export const red = (text: string): string => styleText("red", text);
export const yellow = (text: string): string => styleText("yellow", text);

/** The same text without colour, for a file or a comment. */
export const plainly = (text: string): string => stripVTControlCharacters(text);

/** Width in columns where the terminal does not tell its own. */
const WIDTH = 80;

/** Writes over the current line of a terminal, cut to its width so that it stays one line. An empty text clears the line. */
export function redraw(out: NodeJS.WriteStream, text: string): void {
  out.write(`\r\u001b[K${harmless(text).slice(0, (out.columns ?? WIDTH) - 1)}`);
}
