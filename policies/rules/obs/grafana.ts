import { type Fault, unless } from "../../findings.ts";
import { bags, flag, isSet, text } from "../../read.ts";

interface Setting {
  section: string;
  key: string;
  /** Whether a value lets somebody in whom nobody knows. */
  opens: (got: string, values: unknown) => boolean;
  want: string;
}

const isOn = (got: string): boolean => flag({ got: got.toLowerCase() }, "got") === true;

/** Settings of Grafana by which somebody comes in without a password, or with more rights than to look (Grafana documentation). */
const SETTINGS: readonly Setting[] = [
  { section: "auth.anonymous", key: "enabled", opens: isOn, want: "false" },
  { section: "users", key: "allow_sign_up", opens: isOn, want: "false: whoever reaches it would make an account" },
  {
    section: "users",
    key: "auto_assign_org_role",
    opens: (got) => /admin/i.test(got),
    want: "Viewer or Editor: it is the role of whoever comes",
  },
  {
    section: "auth.proxy",
    key: "enabled",
    opens: (got, values) => isOn(got) && written(values, "auth.proxy", "whitelist") === undefined,
    want: "false, or with a `whitelist` of proxies: a header would be enough to be anybody",
  },
];

/** What lets strangers into Grafana, in its file or in the variables that come before it. */
export const strangers = (values: unknown): Fault[] =>
  flag(values, "grafana", "enabled") === false
    ? []
    : SETTINGS.flatMap(({ section, key, opens, want }) => {
        const found = written(values, section, key);
        return unless(found === undefined || !opens(found.got, values), { property: "", got: "", ...found, want });
      });

/** A setting as Grafana reads it: a variable comes before the file. */
function written(values: unknown, section: string, key: string): { property: string; got: string } | undefined {
  const name = `GF_${section}_${key}`.replaceAll(/[.-]/g, "_").toUpperCase();
  const listed = bags(values, "grafana", "extraEnv").findIndex((each) => text(each, "name") === name);
  const places: readonly (readonly (string | number)[])[] = [
    ...(listed < 0 ? [] : [["grafana", "extraEnv", listed, "value"]]),
    ["grafana", "env", name],
    ["grafana", "envRenderSecret", name],
    ["grafana", "grafana.ini", section, key],
  ];
  const path = places.find((each) => isSet(values, ...each));
  return path === undefined ? undefined : { property: `values.${path.join(".")}`, got: text(values, ...path) ?? "" };
}
