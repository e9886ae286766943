import { type Fault, together, unless } from "../../findings.ts";
import { KNOWN_CHARTS } from "../../kubernetes/chart-values/index.ts";
import { type KnownChart, keysOf } from "../../kubernetes/chart-values/tree.ts";
import { CHARTS, chartOf } from "../../kubernetes/charts.ts";
import { at, hasKey, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { strangeValues } from "./values.ts";

interface Asked {
  /** Whether a chart is refused of whose version nobody has read the keys. */
  strict: boolean;
}

/**
 * Helm takes any key and leaves out what no template reads: a misspelt limit is no limit. What is known of a chart comes from its schema,
 * its default values and its templates (`npm run refresh:charts`).
 */
export const CTL_04 = rule<Asked>({
  id: "CTL-04",
  title: "Values of a chart are keys that the chart knows, each with a value of its kind",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [],
  remediation:
    "Write the key as the chart's own `values.yaml` has it, at the same place, and all values in `values`. Where the version is what is wrong, take the one that is named, or read another one: `npm run refresh:charts -- <folder>`.",
  types: CHARTS,
  parameters: { dev: { strict: true }, staging: { strict: true }, prod: { strict: true } },
  elsewhere: { strict: false },
  check: (chart, { strict }) => {
    const { inputs } = chart;
    const name = chartOf(chart);
    const version = text(inputs, "version") ?? "";
    const known = Object.hasOwn(KNOWN_CHARTS, name) ? KNOWN_CHARTS[name] : undefined;
    return together(
      () => (strict ? valuesInFiles(chart) : []),
      () => {
        if (known !== undefined && isOf(known.version, version, strict)) {
          return strangeValues(inputs["values"], keysOf(known), `${name} ${known.read}`);
        }
        return strict ? unread(chart, known) : [];
      },
    );
  },
});

/** Values in files: nothing that judges or moves values reads them. */
const valuesInFiles = ({ inputs }: Resource): Fault[] =>
  unless(!hasKey(inputs, "valueYamlFiles") || isEmpty(at(inputs, "valueYamlFiles")), {
    property: "valueYamlFiles",
    got: "values in files",
    want: "left out, because no rule and no mirror reads the files: put them into `values`",
  });

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** A chart whose keys nobody has read: a known one is in the wrong version, whatever its values. */
function unread(chart: Resource, known: KnownChart | undefined): Fault[] {
  const { inputs } = chart;
  if (known !== undefined) {
    return [
      {
        property: "version",
        got: shown(inputs["version"]),
        want: `${known.version}, whose keys were read: \`npm run refresh:charts\` reads those of another version`,
      },
    ];
  }
  const got = `unknown keys of ${[chartOf(chart), text(inputs, "version") ?? ""].join(" ").trim()}`;
  return unless(!isSet(inputs, "values"), { property: "values", got, want: "those of a chart whose keys were read" });
}

/**
 * Whether keys that are taken for one version hold for another: a chart of one's own is pinned, others are of the same minor version. That
 * a version is exact is IMG-01's affair.
 */
const isOf = (known: string, version: string, strict: boolean): boolean =>
  strict ? plain(known) === plain(version) || !/^v?\d+\.\d+\.\d+/.test(version) : lineOf(known) === lineOf(version);

const plain = (version: string): string => version.replace(/^v/, "");

const lineOf = (version: string): string => plain(version).split(".").slice(0, 2).join(".");
