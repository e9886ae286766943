import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { accessPage } from "./access/page.ts";

/** Writes what follows from the table of rights for readers: `docs/access.md`. */

writeFileSync(join(PROJECT_FOLDER, "docs", "access.md"), accessPage());
