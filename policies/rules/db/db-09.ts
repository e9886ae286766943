import { DB_CLUSTER, DB_CLUSTER_INSTANCE, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { isReplica } from "./databases.ts";

/** Classes that slow down once their CPU credits are spent; AWS names them for tests (RDS user guide, "DB instance class types"). */
const BURSTABLE = /^db\.t\d/;

/** Argument with the class, by type. */
const CLASSES: Readonly<Record<string, string>> = {
  [DB_INSTANCE]: "instanceClass",
  [DB_CLUSTER]: "dbClusterInstanceClass",
  [DB_CLUSTER_INSTANCE]: "instanceClass",
};

export const DB_09 = rule({
  id: "DB-09",
  title: "A database in production has room: its disk is fast and grows by itself, and its CPU has no credits that run out",
  severity: "medium",
  levels: levels("–/–/M"),
  frameworks: ["SOC2 A1.1"],
  remediation:
    "Set `maxAllocatedStorage` above `allocatedStorage`, and take a class such as `db.m7g.large` instead of one that begins with `db.t`.",
  peers: ["prowler"],
  types: Object.keys(CLASSES),
  check: (database) =>
    together(
      () => burstable(database, CLASSES[database.type] ?? ""),
      () => magnetic(database),
      () => (database.type === DB_INSTANCE && !isReplica(database) ? cannotGrow(database) : []),
    ),
});

function burstable({ inputs }: Resource, property: string): Fault[] {
  const got = text(inputs, property) ?? "";
  return unless(!BURSTABLE.test(got), { property, got, want: "a class without CPU credits" });
}

/** AWS keeps magnetic disks for old databases only. */
function magnetic({ inputs }: Resource): Fault[] {
  const got = text(inputs, "storageType") ?? "";
  return unless(got !== "standard", { property: "storageType", got, want: "gp3, or one with a promised speed" });
}

/** The storage of Aurora grows in any case. */
function cannotGrow({ inputs }: Resource): Fault[] {
  const most = number(inputs, "maxAllocatedStorage") ?? 0;
  const begun = number(inputs, "allocatedStorage") ?? 0;
  return unless(most > begun || (text(inputs, "engine") ?? "").startsWith("aurora"), {
    property: "maxAllocatedStorage",
    got: shown(inputs["maxAllocatedStorage"]),
    want: `more than the ${begun} GiB with which it begins`,
  });
}
