import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { accessPage } from "#scripts/access/page";

it("docs/access.md is what the table of rights says: `npm run access` writes it", () => {
  expect(readFileSync(join(PROJECT_FOLDER, "docs/access.md"), "utf8")).toBe(accessPage());
});
