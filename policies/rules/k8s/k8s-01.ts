import { type Fault, together, unless } from "../../findings.ts";
import { FILLED_BY, POD_SECURITY, POD_SECURITY_VERSION, SERVES, TEAM, TRACKING } from "../../kubernetes/labels.ts";
import { labelsOf, nameOf } from "../../kubernetes/objects.ts";
import { NAMESPACE } from "../../kubernetes/types.ts";
import { type Bag, hasKey, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Namespaces of charts that read the host: node-exporter needs its network, processes and file system; the GPU operator's charts need its devices. */
const PRIVILEGED = ["monitoring", "gpu-operator"];

/** Kubernetes' own namespaces for the network plug-in and drivers. They exist before anybody can label them. */
const OF_KUBERNETES = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** The tracking server has every model and every user account. */
const RESTRICTED = ["mlflow"];

const LISTED = { privileged: PRIVILEGED, restricted: RESTRICTED };

export const K8S_01 = rule({
  id: "K8S-01",
  title: "Every namespace has a Pod Security level: `restricted` where models are served, `privileged` only where listed",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.2.1", "CIS EKS 4.2.2", "CIS EKS 4.2.3", "CIS EKS 4.2.4", "CIS EKS 4.2.5"],
  remediation: `Label the namespace \`${POD_SECURITY}: restricted\`, or \`baseline\` where its pods need more. Charts that read the host belong in a namespace that the parameter \`privileged\` names.`,
  peers: ["kyverno psa"],
  parameters: { dev: LISTED, staging: LISTED, prod: LISTED },
  types: [NAMESPACE, "kubernetes:core/v1:NamespacePatch"],
  check: (resource, { privileged, restricted }) => {
    const labels = labelsOf(resource);
    // A patch changes only the fields that it has.
    if (resource.type !== NAMESPACE && !hasKey(labels, POD_SECURITY)) {
      return together(() => versionFaults(labels));
    }
    const name = nameOf(resource);
    return together(
      () => levelFaults(labels, name, { privileged, restricted }),
      () => versionFaults(labels),
      () => exempted(labels, restricted.includes(name)),
    );
  },
  admission: {
    objects: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["namespaces"] }],
    // The rule must see namespaces without the label.
    scope: "everywhere",
    variables: [
      {
        name: "level",
        expression: `has(object.metadata.labels) && '${POD_SECURITY}' in object.metadata.labels ? object.metadata.labels['${POD_SECURITY}'] : ''`,
      },
      {
        name: "strict",
        expression: `object.metadata.name in ${list(RESTRICTED)} || (has(object.metadata.labels) && '${SERVES}' in object.metadata.labels)`,
      },
    ],
    validations: [
      {
        expression: `object.metadata.name in ${list([...OF_KUBERNETES, ...PRIVILEGED])} || variables.level == 'restricted' || (variables.level == 'baseline' && !variables.strict)`,
        message: `a namespace must carry the label ${POD_SECURITY}: restricted, or baseline where it serves neither models nor MLflow`,
      },
    ],
  },
});

function levelFaults(labels: Bag, name: string, { privileged, restricted }: typeof LISTED): Fault[] {
  const level = text(labels, POD_SECURITY) ?? "nothing";
  const enough = hasKey(labels, SERVES) || restricted.includes(name) ? ["restricted"] : ["restricted", "baseline"];
  return unless(enough.includes(level) || (level === "privileged" && privileged.includes(name)), {
    property: `metadata.labels["${POD_SECURITY}"]`,
    got: level,
    want: `'${enough.join("' or '")}'`,
  });
}

/** Oldest release whose standards are today's: sets of allowed volumes, capabilities and settings grew stricter with releases before it. */
const OLDEST = 32;

function versionFaults(labels: Bag): Fault[] {
  const got = text(labels, POD_SECURITY_VERSION) ?? "latest";
  const minor = Number(/^v1\.(\d+)$/.exec(got)?.[1] ?? Number.NaN);
  return unless(got === "latest" || minor >= OLDEST, {
    property: `metadata.labels["${POD_SECURITY_VERSION}"]`,
    got,
    want: `'latest', left out, or v1.${OLDEST} or newer`,
  });
}

/** Guardrails skip what a chart fills: no namespace with pods of a team may say so. */
function exempted(labels: Bag, isOurs: boolean): Fault[] {
  const filled = text(labels, FILLED_BY) === "chart";
  const ours = isOurs || [SERVES, TEAM, TRACKING].some((label) => hasKey(labels, label));
  return unless(!filled || !ours, {
    property: `metadata.labels["${FILLED_BY}"]`,
    got: "chart",
    want: "left out where teams or the tracking server run pods",
  });
}

/** A list of strings in the Common Expression Language. */
function list(values: readonly string[]): string {
  return `[${values.map((value) => `'${value}'`).join(", ")}]`;
}
