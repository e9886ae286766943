// Lines that respect a width: a terminal's own, or the one that the person asks for.

import { harmless } from "./printable.ts";
import { plainly } from "./terminal.ts";

/**
 * Columns of the output. The variable COLUMNS goes first, then the terminal. What is neither, such as a log or a pipe, gets whole lines:
 * they are searched, and a viewer wraps them.
 */
export function columnsOf(out: { columns?: number }, env: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(env["COLUMNS"]);
  return Number.isInteger(asked) && asked > 0 ? Math.max(NARROWEST, asked) : Math.max(NARROWEST, out.columns ?? Infinity);
}

const NARROWEST = 20;

/** Columns below which a deep indentation is made smaller. */
const NARROW = 60;

/** A text for a terminal, with no line longer than the width, except what cannot be broken: addresses, URNs, names. */
export const fitted = (text: string, width: number): string =>
  harmless(text)
    .split("\n")
    .flatMap((line) => wrapped(line, width))
    .join("\n");

const lengthOf = (text: string): number => plainly(text).length;

function wrapped(whole: string, width: number): string[] {
  if (lengthOf(whole) <= width) {
    return [whole];
  }
  const line = width < NARROW ? whole.replace(/^ {10,}/, (indent) => indent.slice(10)) : whole;
  const indent = " ".repeat(hangOf(plainly(line), width));
  const lines: string[] = [];
  let current = "";
  for (const { space, word } of words(line, width - indent.length)) {
    const joined = `${current}${space}${word}`;
    if (lengthOf(joined) <= width || plainly(current).trim() === "") {
      current = joined;
    } else {
      lines.push(current);
      current = `${indent}${word}`;
    }
  }
  return [...lines, current];
}

/** Where the next lines begin: below the last column of the line, else a little deeper than the line itself. */
function hangOf(line: string, width: number): number {
  const own = /^ */.exec(line)![0].length;
  const columns = [...line.matchAll(/\S {2,}(?=\S)/g)].map(({ index, 0: gap }) => index + gap.length);
  return columns.findLast((column) => column <= width / 2) ?? Math.min(own + 2, Math.floor(width / 2));
}

/** Words with the space before them. A word that is longer than a line is broken behind its separators, unless it is an address. */
function words(line: string, room: number): { space: string; word: string }[] {
  return [...line.matchAll(/( *)([^ ]+)/g)].flatMap(([, space = "", word = ""]) => {
    const isAddress = /\w:\/\/|\b(urn|arn):/.test(word);
    const parts = lengthOf(word) > room && !isAddress ? word.split(/(?<=[/,.=|])|(?=\[)/) : [word];
    return parts.map((part, at) => ({ space: at === 0 ? space : "", word: part }));
  });
}
