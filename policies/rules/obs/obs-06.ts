import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { SECRET } from "../../kubernetes/types.ts";
import { at, type Bag, bag, bags, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { written } from "../../yaml.ts";
import { isPrometheusStack } from "./alerts.ts";
import { careless, inhibited, muted, swallowed, unheard } from "./routes.ts";

const CONFIGS = ["v1alpha1", "v1beta1"].map((version) => `kubernetes:monitoring.coreos.com/${version}:AlertmanagerConfig`);
/** What makes a Secret of the same name, or of the name that it says. */
const MADE = /^kubernetes:(external-secrets\.io\/v1(beta1)?:ExternalSecret|bitnami\.com\/v1alpha1:SealedSecret)$/;

/** Where the chart says the name of the Secret of its routes. */
const CONFIG_SECRET = ["alertmanager", "alertmanagerSpec", "configSecret"] as const;

/** `secrets`: whether the stack that installs Alertmanager also makes the Secret of its routes. */
const HERE = { secrets: true };

export const OBS_06 = stackRule<typeof HERE>({
  id: "OBS-06",
  title: "Alerts reach somebody: their routes exist, silence only what another alert says, and are encrypted",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2", "SOC2 CC7.3"],
  remediation:
    "Make the Secret that `configSecret` names, give routes a receiver with an address, let an inhibition name `equal` labels and a severity, and use TLS for mail and web hooks.",
  parameters: { dev: HERE, staging: HERE, prod: HERE },
  elsewhere: { secrets: false },
  types: CONFIGS,
  relate: (resources, { secrets }) =>
    together(
      () => (secrets ? ofEach(resources.filter(isPrometheusStack), (chart) => missing(chart, resources)) : []),
      () =>
        ofEach(resources, (each) =>
          CONFIGS.includes(each.type)
            ? faultsOf(bag(each.inputs, "spec"), "spec", each)
            : isPrometheusStack(each)
              ? faultsOf(bag(each.inputs, "values", "alertmanager", "config"), "values.alertmanager.config", each)
              : isFile(each, resources)
                ? inFile(each)
                : [],
        ),
    ),
});

/** The Secret of the routes: without it Alertmanager starts with routes that reach nobody. */
function missing(chart: Resource, resources: readonly Resource[]): Fault[] {
  const name = text(chart.inputs, "values", ...CONFIG_SECRET);
  const namespace = text(chart.inputs, "namespace");
  const isThere = resources.some(
    (each) =>
      (each.type === SECRET || MADE.test(each.type)) &&
      (namespace === undefined || namespaceOf(each) === namespace) &&
      [nameOf(each), text(each.inputs, "spec", "target", "name")].includes(name),
  );
  return unless(name === undefined || isThere, {
    resource: chart,
    property: `values.${CONFIG_SECRET.join(".")}`,
    got: name ?? "",
    want: "a Secret of this stack",
  });
}

const FILE = "alertmanager.yaml";

/** Whether a Secret is the one that Alertmanager of the stack reads. */
const isFile = (secret: Resource, resources: readonly Resource[]): boolean =>
  secret.type === SECRET &&
  resources.some((each) => isPrometheusStack(each) && text(each.inputs, "values", ...CONFIG_SECRET) === nameOf(secret));

/** Routes in a Secret, as far as they can be read: addresses in them may be known only after a deployment. */
function inFile(secret: Resource): Finding[] {
  const encoded = text(secret.inputs, "data", FILE);
  const file = text(secret.inputs, "stringData", FILE) ?? Buffer.from(encoded ?? "", "base64").toString();
  return faultsOf(bag({ config: written(file) }, "config"), FILE, secret);
}

function faultsOf(config: Bag, path: string, resource: Resource): Finding[] {
  const told = (faults: readonly Fault[]): Fault[] =>
    faults.map((fault) => ({ ...fault, resource, property: `${path}.${fault.property}` }));
  return isSet(config, "route") || bags(config, "receivers").length > 0 || at(config, "inhibit_rules") !== undefined
    ? together(
        () => told(unheard(config)),
        () => told(swallowed(config)),
        () => told(inhibited(config)),
        () => told(muted(config)),
        () => told(careless(config)),
      )
    : told(inhibited(config));
}
