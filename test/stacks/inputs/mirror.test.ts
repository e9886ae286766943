import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { mirrorProblems } from "#stacks/inputs/mirror";

const folder = mkdtempSync(join(PROJECT_FOLDER, "test", "mirror-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a link that leads back to itself is no folder of charts, and is refused in a sentence", () => {
  const charts = `${folder.slice(PROJECT_FOLDER.length).replace(/^\//, "")}/loop`;
  symlinkSync("loop", join(folder, "loop"));
  for (const place of [charts, `${charts}/charts`]) {
    expect(mirrorProblems({ charts: place })).toEqual([
      `charts must be a folder with the archive of each chart, got '${place}', which cannot be read, as a link that leads back to itself: remove it, then fetch them: npx millrace charts fetch --to ${place}`,
    ]);
  }
});
