import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import type { Day } from "../../day.ts";
import type { Fault } from "../../findings.ts";
import { CHARTS, chartOf, isChart, repositoryOf } from "../../kubernetes/charts.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { type Bag, bags, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** Last day of support, or `open` where the project names none. */
type End = Day;

const ISTIO: Record<string, End> = { "1.29": "2026-10-12", "1.30": "2026-11-30", "1.31": "2027-02-28" };

/** Lines with their ends, as `components/versions.ts` has them and as the projects state them for older ones. What is not named is not judged. */
const SUPPORTED = {
  lines: {
    "chart istio/base": ISTIO,
    "chart istio/istiod": ISTIO,
    "chart istio/gateway": ISTIO,
    "chart external-secrets": { "1.1": "2025-12-19", "2.8": "2026-08-07", "2.12": "open" },
    "engine postgres": { "13": "2026-02-28", "14": "2027-02-28", "15": "2028-02-29", "16": "2029-02-28", "17": "2030-02-28" },
    image: { al2: "2025-11-26", al2023: "2029-06-30" },
  } as Record<string, Record<string, End>>,
};

export const REL_02 = rule({
  id: "REL-02",
  title: "Charts, database engines and images of nodes are of a line that is still supported",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Move the version to a line in support. In this repository the version and the end of its support stand in `components/versions.ts`; a new line is also named in the parameter `lines`.",
  types: [...CHARTS, DB_INSTANCE, DB_CLUSTER, NODE_CLASS],
  parameters: { dev: SUPPORTED, staging: SUPPORTED, prod: SUPPORTED },
  check: (resource, { lines }) =>
    versionsOf(resource).flatMap(({ of, property, version }) => {
      const known = Object.hasOwn(lines, of) ? lines[of] : undefined;
      return known === undefined ? [] : lineFault(property, version, known);
    }),
});

/** A version in a resource, and the key of its lines. */
interface Version {
  of: string;
  property: string;
  version: string;
}

function versionsOf(resource: Resource): Version[] {
  const { type, inputs } = resource;
  if (isChart(resource)) {
    return [{ of: `chart ${lineOf(resource)}`, property: "version", version: text(inputs, "version") ?? "nothing" }];
  }
  return type === NODE_CLASS ? aliases(inputs) : engineOf(inputs);
}

/** Name of a chart wherever it is published; names that Istio shares with others have its own before them. */
function lineOf(resource: Resource): string {
  const { inputs } = resource;
  const places = [text(inputs, "chart"), text(inputs, "repo"), repositoryOf(resource)?.address].join(" ");
  return /istio/.test(places) ? `istio/${chartOf(resource)}` : chartOf(resource);
}

/** A replica and a restored database name no engine: the rule applies to their source. */
function engineOf(inputs: Bag): Version[] {
  const engine = text(inputs, "engine");
  return engine === undefined
    ? []
    : [{ of: `engine ${engine}`, property: "engineVersion", version: text(inputs, "engineVersion") ?? "nothing" }];
}

const aliases = (inputs: Bag): Version[] =>
  bags(inputs, "spec", "amiSelectorTerms").flatMap((term) => {
    const version = text(term, "alias");
    return version === undefined ? [] : [{ of: "image", property: "spec.amiSelectorTerms.alias", version }];
  });

/** Fine until its end is near. */
function lineFault(property: string, got: string, known: Record<string, End>): Fault[] {
  const line = Object.keys(known).find((each) => new RegExp(`^v?${each.replaceAll(".", "\\.")}([.@]|$)`).test(got));
  if (line === undefined) {
    return [{ property, got, want: `of a line whose support is known: ${Object.keys(known).join(", ")}` }];
  }
  const ends = known[line]!;
  return ends === "open" ? [] : [{ property, got, want: "of a line in support", ends }];
}
