import { line } from "#stacks/inputs/releases/schema";
import { shown } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";

/**
 * What a person says in an option, such as a reason, without the space around it.
 *
 * @throws {BadInput} when it says nothing, or is more than a line.
 */
export function lineIn(option: string, text: string): string {
  const { data, error } = line.safeParse(text.trim());
  if (data === undefined) {
    throw new BadInput(`'${option}' ${error.issues[0]!.message}, got ${shown(text)}`);
  }
  return data;
}
