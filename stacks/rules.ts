// What a value must be, where its schema has no sentence of its own: the rule in our words, never in those of the library.

import type * as z from "zod";
import { counted } from "#render/counted";

/** The rule that a value breaks, as the end of a sentence that begins with what the value is of. */
export function ruleOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "too_small":
      return sized(issue.origin, { word: issue.inclusive === false ? "more than" : "at least", bound: issue.minimum });
    case "too_big":
      return sized(issue.origin, { word: issue.inclusive === false ? "less than" : "at most", bound: issue.maximum });
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return `must be ${FORMATS[issue.format] ?? (issue.pattern === undefined ? "text of another form" : `text like ${issue.pattern}`)}`;
    case "invalid_union":
      return `must be ${issue.discriminator === undefined ? "of a form that is known here" : `an object whose ${issue.discriminator} is a known one`}`;
    case "invalid_key":
      return "must have another name";
    case "invalid_element":
      return "must have other elements";
    default:
      return "must be another value";
  }
}

/** A rule about a size: of a number itself, of what a list has, or of the characters of a text. */
function sized(origin: string, { word, bound }: { word: string; bound: number | bigint }): string {
  switch (origin) {
    case "string":
      return `must be text of ${word} ${counted(Number(bound), "character")}`;
    case "array":
    case "set":
      return `must be a list with ${word} ${counted(Number(bound), "item")}`;
    case "object":
    case "map":
      return `must be an object with ${word} ${counted(Number(bound), "key")}`;
    default:
      return `must be ${word} ${bound}`;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: "a time in UTC, such as 2026-11-21T09:00:00Z",
  date: "a day, such as 2026-11-21",
  time: "a time of day, such as 09:00:00",
  url: "an address, such as https://example.com",
  email: "an address of mail, such as ada@example.com",
  uuid: "a UUID",
  base64: "text in base64",
  ipv4: "an IPv4 address",
  cidrv4: "a range of IPv4 addresses, such as 10.0.0.0/16",
};
