import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "#policies/catalogue";
import { readExceptions } from "#policies/exceptions";

const file = join(import.meta.dirname, "..", "..", "policies", "exceptions.yaml");

/** The exceptions of this repository. */
export const exceptions = readExceptions(
  readFileSync(file, "utf8"),
  "policies/exceptions.yaml",
  RULES.map(({ id }) => id),
);
