import { parse } from "yaml";

/** The content of a text in YAML or JSON; `undefined` if it is neither. */
export function written(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}
