// How commands speak. What a file, a ledger, a forge or a tool has said is in their sentences: it is shown, and not obeyed.

import { harmless, harmlessJson } from "#render/printable";
import { columnsOf, fitted } from "#render/width";

/** Says something to a person, in lines that fit. */
export const say = (text: string): void => console.log(fitted(text, columnsOf(process.stdout)));

/** The same beside the answer, on standard error. */
export const sayBeside = (text: string): void => console.error(fitted(text, columnsOf(process.stderr)));

/** Prints a text whose lines stay as they are, such as Markdown. */
export const print = (text: string): void => console.log(harmless(text));

/** Prints for a program; a person may look at it too. */
export const printJson = (value: unknown): void => console.log(harmlessJson(JSON.stringify(value, null, 2)));

/** The same in one line, where there will be more. */
export const printJsonLine = (value: unknown): void => console.log(harmlessJson(JSON.stringify(value)));

/** Says it over what was said before on a terminal. @param before lines that it said. @returns lines that it has said. */
export function sayOver(text: string, before: number): number {
  const lines = fitted(text, columnsOf(process.stdout));
  process.stdout.write(`${before === 0 ? "" : `\u001b[${before}A\u001b[J`}${lines}\n`);
  return lines.split("\n").length;
}

/** What a command has found, for a program or for a person. */
export const answer = (json: boolean, value: unknown, text: () => string): void => (json ? printJson(value) : say(text()));
