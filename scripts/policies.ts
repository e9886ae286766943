import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { rulesOf } from "#plan/rules";
import { RULES } from "#policies/catalogue";
import { packConfig, rulesPage } from "#policies/reports/page";
import { ENVIRONMENTS } from "#policies/rule";

/** Writes what follows from the catalogue, and from what stack configs say of mirrors: `docs/policies.md`, `policies/env/<environment>.json`. */

writeFileSync(join(PROJECT_FOLDER, "docs", "policies.md"), rulesPage(RULES));
mkdirSync(join(PROJECT_FOLDER, "policies", "env"), { recursive: true });
for (const environment of ENVIRONMENTS) {
  const file = join(PROJECT_FOLDER, "policies", "env", `${environment}.json`);
  writeFileSync(file, `${JSON.stringify(packConfig(rulesOf(environment), environment), null, 2)}\n`);
}
