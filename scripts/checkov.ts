import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { planEnvironment } from "#plan/environment";
import { RULES } from "#policies/catalogue";
import { today } from "#policies/day";
import { compare } from "./checkov/compare.ts";
import { UNEXPLAINED } from "./checkov/explain.ts";
import { comparisonPage } from "./checkov/page.ts";
import { install } from "./checkov/run.ts";

/**
 * Holds prod, and prod with bad changes, against checkov and against our rules, and writes `docs/policies-and-checkov.md`. Exits with 1
 * when one of both finds something of which nobody has said why the other does not.
 */

const page = join("docs", "policies-and-checkov.md");
const command = install();
const day = today();
const python = execFileSync("python3", ["--version"], { encoding: "utf8" }).trim();
const plan = await planEnvironment("prod");
const text = comparisonPage({ comparison: compare(command, plan, day), plan, rules: RULES, today: day, python });
writeFileSync(join(PROJECT_FOLDER, page), text);
const unexplained = text.split(UNEXPLAINED).length - 1;
console.log(`${page} written`);
if (unexplained > 0) {
  console.error(`${unexplained} findings are unexplained: say why in scripts/checkov/explanations.ts`);
  process.exitCode = 1;
}
