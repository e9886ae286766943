import * as pulumi from "@pulumi/pulumi";
import { parseDocument } from "yaml";
import { jsonOf } from "./json-fault.ts";

const HIDDEN = "__proto__";

/**
 * Reads JSON that a person wrote.
 *
 * @param name the file as refusals name it.
 * @throws {pulumi.RunError} when it is not JSON, or has what would be dropped in silence: a key that stands in its object twice, of which
 * `JSON.parse` takes the last one, and `__proto__`, which nothing that copies an object takes along.
 */
export function parseJson(name: string, text: string): unknown {
  let content: unknown;
  let hidden = false;
  try {
    content = jsonOf(text, (key, value) => {
      hidden ||= key === HIDDEN;
      return value;
    });
  } catch (error) {
    throw new pulumi.RunError(
      `${name} must be JSON, got ${(error as Error).message}: correct it there (git diff ${name} shows what has changed)`,
    );
  }
  if (hidden) {
    throw new pulumi.RunError(`${name} must have no key '${HIDDEN}', got one: remove it, nothing reads it`);
  }
  // JSON is YAML, whose reader knows where a key stands twice.
  const repeated = parseDocument(text).errors.filter(({ code }) => code === "DUPLICATE_KEY");
  if (repeated.length > 0) {
    throw new pulumi.RunError(
      repeated
        .map(({ pos: [start], linePos }) => {
          const key = /^\s*"([^"]*)"/.exec(text.slice(start))?.[1] ?? "a key";
          return `${name}:${linePos?.[0].line}: ${key} must stand in its object once, got it twice: remove one of the two`;
        })
        .join("\n"),
    );
  }
  return content;
}
