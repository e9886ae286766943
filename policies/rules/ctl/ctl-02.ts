import { CLUSTER } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { CHARTS, chartOf } from "../../kubernetes/charts.ts";
import { at, bag, flag, isSet, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { annotationAt, settingAt, valuesOf } from "./charts.ts";
import { open } from "./open.ts";
import { PARTS } from "./parts.ts";
import { SETTINGS, type Setting } from "./settings.ts";

/** `strict`: whether settings that are a choice in other clusters are judged, and those that nobody wrote. */
const STRICT = { strict: true };

export const CTL_02 = stackRule<typeof STRICT>({
  id: "CTL-02",
  title: "Controllers keep what teams made, act for this cluster and with an account of their own, and have no open page",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1", "SOC2 A1.2"],
  remediation:
    "Leave the values of the charts as Millrace's components write them: CRDs are kept, metrics are read, Karpenter hears the queue of interruptions, and pages are reached by `kubectl port-forward`.",
  parameters: { dev: STRICT, staging: STRICT, prod: STRICT },
  elsewhere: { strict: false },
  types: CHARTS,
  relate: (resources, { strict }) =>
    ofEach(
      resources.filter((each) => CHARTS.includes(each.type) && (chartOf(each) in SETTINGS || chartOf(each) in PARTS)),
      (chart) =>
        together(
          (SETTINGS[chartOf(chart)] ?? []).map((setting) => () => unset(chart, setting, strict)),
          () => otherCluster(chart, resources),
          () => sharedAccount(chart),
          () => opened(chart),
          () => open(chart).map((fault) => ({ ...fault, resource: chart })),
        ),
    ),
});

function unset(resource: Resource, { path, must, otherwise, why, own, ofSeveral }: Setting, strict: boolean): Fault[] {
  const isAlone = ofSeveral !== undefined && numberOr(1, { value: settingAt(resource, ofSeveral) }, "value") < 2;
  if ((own === true && !strict) || isAlone) {
    return [];
  }
  const property = `values.${path.replace("#", ".")}`;
  if (typeof must === "object" && "not" in must) {
    const got = text({ value: settingAt(resource, path) }, "value") ?? "";
    return unless(!must.not.includes(got), { resource, property, got, want: why });
  }
  if (typeof must === "object" && "without" in must) {
    const value = settingAt(resource, path);
    const isStated = isSet({ value }, "value");
    const fits = isStated && !JSON.stringify(value).includes(must.without);
    return unless(fits, { resource, property, got: isStated ? shown(value) : "nothing", want: why });
  }
  if (typeof must === "object") {
    const got = annotationAt(resource, path, must.name);
    return unless(got?.includes(must.has) === true, {
      resource,
      property: `${property}.${must.name}`,
      got: shown(got),
      want: why,
    });
  }
  const value = { value: settingAt(resource, path) };
  if (must === "set") {
    return unless(isSet(value, "value"), { resource, property, got: "nothing", want: why });
  }
  const found = flag(value, "value");
  return unless((found ?? otherwise) === (must === "true"), {
    resource,
    property,
    got: found === undefined ? `nothing, which is ${otherwise}` : String(found),
    want: why,
  });
}

/** Karpenter makes nodes for one cluster: that of its stack, where the stack has one. */
function otherCluster(resource: Resource, resources: readonly Resource[]): Fault[] {
  const path = "settings.clusterName";
  const got = text(valuesOf(resource), ...path.split("."));
  if (chartOf(resource) !== "karpenter" || got === undefined) {
    return [];
  }
  const names = resources.filter(({ type }) => type === CLUSTER).flatMap(({ inputs }) => text(inputs, "name") ?? []);
  return unless(names.length === 0 || names.includes(got), {
    resource,
    property: `values.${path}`,
    got,
    want: `the cluster of this stack, '${names.join("', '")}'`,
  });
}

/** The account `default` is that of every pod of the namespace that names none. */
function sharedAccount(resource: Resource): Finding[] {
  const account = bag(valuesOf(resource), "serviceAccount");
  const name = text(account, "name");
  const isShared = name === "default" || (flag(account, "create") === false && (name ?? "") === "");
  return unless(!isShared, {
    resource,
    property: "values.serviceAccount.name",
    got: name ?? "nothing, which is 'default'",
    want: "an account of its own",
  });
}

/** Types of a Service that are reached from outside of the cluster. */
const OPEN = ["LoadBalancer", "NodePort"];

/** Pages and metrics of a controller that somebody outside of the cluster reaches. The gateway is there to be reached. */
const opened = (resource: Resource): Finding[] =>
  chartOf(resource) === "gateway" ? [] : openIn(valuesOf(resource), "values", resource);

function openIn(value: unknown, path: string, resource: Resource, depth = 0): Fault[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > 6 || flag(value, "enabled") === false) {
    return [];
  }
  return Object.keys(value).flatMap((key): Fault[] => {
    const property = `${path}.${key}`;
    const kind = key === "service" ? text(value, key, "type") : key === "serviceType" ? text(value, key) : undefined;
    if (kind !== undefined && OPEN.includes(kind)) {
      const at = key === "service" ? `${property}.type` : property;
      return [{ resource, property: at, got: kind, want: "ClusterIP: it asks nobody who they are" }];
    }
    if (key === "ingress" && flag(value, key, "enabled") === true) {
      return [{ resource, property: `${property}.enabled`, got: "true", want: "false: it asks nobody who they are" }];
    }
    return openIn(at(value, key), property, resource, depth + 1);
  });
}
