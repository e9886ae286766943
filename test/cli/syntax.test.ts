import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { syntaxFault } from "#cli/syntax";
import { PROJECT_FOLDER } from "#engine/project";

it("a mistake in a file of TypeScript is told with its line", () => {
  const error = new SyntaxError("Expected ',', got 'ident'");
  const { href } = pathToFileURL(join(PROJECT_FOLDER, "stacks", "inputs", "models.ts"));
  error.stack = `${href}:31\n    host: "x"\n    ^^^^\n\n${error.stack}`;
  expect(syntaxFault(error)).toBe("stacks/inputs/models.ts:31 must be TypeScript, got a mistake: Expected ',', got 'ident'");
});

it.each([new SyntaxError("Unexpected token"), new Error("other"), "text"])("other errors stay as they are", (error) => {
  expect(syntaxFault(error)).toBeUndefined();
});
