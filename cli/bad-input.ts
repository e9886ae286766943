import { closest } from "fastest-levenshtein";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/environments/profile";

/** What was typed cannot be done: one sentence, exit code 2, nothing touched. */
export class BadInput extends Error {}

/** @throws {BadInput} when it is none. */
export function environmentNamed(word: string): EnvironmentName {
  const found = ENVIRONMENTS.find((name) => name === word);
  if (!found) {
    throw new BadInput(
      `the environment must be one of ${ENVIRONMENTS.join(", ")}, got '${word}'. Did you mean '${closest(word, [...ENVIRONMENTS])}'?`,
    );
  }
  return found;
}
