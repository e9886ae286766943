import { KNOWN_CHARTS } from "../../kubernetes/chart-values/index.ts";
import { keysOf } from "../../kubernetes/chart-values/tree.ts";
import { CHARTS, chartOf } from "../../kubernetes/charts.ts";
import { isSet, text } from "../../read.ts";
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
    "Write the key as the chart's own `values.yaml` has it, at the same place. After a change of the chart's version run `npm run refresh:charts`.",
  types: CHARTS,
  parameters: { dev: { strict: true }, staging: { strict: true }, prod: { strict: true } },
  elsewhere: { strict: false },
  check: (chart, { strict }) => {
    const { inputs } = chart;
    const name = chartOf(chart);
    const version = text(inputs, "version") ?? "";
    const known = Object.hasOwn(KNOWN_CHARTS, name) ? KNOWN_CHARTS[name] : undefined;
    if (known !== undefined && isOf(known.version, version, strict)) {
      return strangeValues(inputs["values"], keysOf(known), `${name} ${known.read}`);
    }
    return strict && isSet(inputs, "values")
      ? [
          {
            property: "values",
            got: `unknown keys of ${name} ${version}`,
            want: `those of a chart whose keys were read${known ? `, as ${name} ${known.version}` : ""}`,
          },
        ]
      : [];
  },
});

/**
 * Whether keys that are taken for one version hold for another: a chart of one's own is pinned, others are of the same minor version. That
 * a version is exact is IMG-01's affair.
 */
const isOf = (known: string, version: string, strict: boolean): boolean =>
  strict ? plain(known) === plain(version) || !/^v?\d+\.\d+\.\d+/.test(version) : lineOf(known) === lineOf(version);

const plain = (version: string): string => version.replace(/^v/, "");

const lineOf = (version: string): string => plain(version).split(".").slice(0, 2).join(".");
