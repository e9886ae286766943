import * as pulumi from "@pulumi/pulumi";
import { DNS_LABEL, fits, type Named } from "#components/naming";
import type { Recorded } from "#plan/record";
import { SECRET } from "../../harness/stacks.ts";
import { type Invariant, offending, pick, textsIn } from "./invariant.ts";

/** What becomes of a value that is put into a text before it is known, or of one that is not there. */
const MISHAP = /Calling \[to\w+\]|\[object \w+\]|\bundefined\b|\bNaN\b/;

export const values: Invariant[] = [
  {
    rule: "no text holds what was meant to be a value",
    offenders: offending(({ name, inputs }) => textsIn([name, inputs]).some((text) => MISHAP.test(text))),
    counterexample: {
      of: "platform",
      change: (stack) => {
        pick(stack, "kubernetes:helm.sh/v3:Release", "karpenter").inputs["values"].settings.clusterName = `millrace-${undefined}`;
        pick(stack, "aws:sqs/queue:Queue", "karpenter-interruptions").inputs["name"] = "Calling [toString] on an Output";
      },
      found: ["aws:sqs/queue:Queue karpenter-interruptions", "kubernetes:helm.sh/v3:Release karpenter"],
    },
  },
  {
    rule: "the secret of the stack config is nowhere in the open",
    offenders: ({ resources, outputs }) => [
      ...resources.filter(({ inputs }) => showsSecret(inputs)).map(({ type, name }) => `${type} ${name}`),
      ...Object.keys(outputs).filter((output) => showsSecret(outputs[output])),
    ],
    counterexample: {
      of: "platform",
      change: (stack) => {
        const routes = pick(stack, "kubernetes:core/v1:Secret", "monitoring-alert-routes").inputs;
        routes["stringData"] = routes["stringData"].value;
        stack.outputs["monitoring"].webhook = SECRET;
      },
      found: ["kubernetes:core/v1:Secret monitoring-alert-routes", "monitoring"],
    },
  },
  {
    rule: "what a Kubernetes Secret holds is secret in the state",
    offenders: offending(
      ({ type, inputs }) =>
        type === "kubernetes:core/v1:Secret" &&
        ![inputs["data"], inputs["stringData"]].every((held) => held === undefined || isSecret(held)),
    ),
    counterexample: {
      of: "platform",
      change: (stack) => {
        pick(stack, "kubernetes:core/v1:Secret", "monitoring-grafana-admin").inputs["stringData"] = { "admin-user": "admin" };
      },
      found: ["kubernetes:core/v1:Secret monitoring-grafana-admin"],
    },
  },
  {
    rule: "no output is secret",
    offenders: ({ secretOutputs }) => secretOutputs,
    counterexample: { of: "platform", change: ({ secretOutputs }) => secretOutputs.push("cluster"), found: ["cluster"] },
  },
  {
    rule: "names fit, with what is appended to them",
    offenders: offending((resource) => !fitting(resource)),
    counterexample: {
      of: "platform",
      change: (stack) => {
        const long = "millrace-prod-with-a-very-long-name-a-good-deal-too-long-";
        pick(stack, "aws:iam/role:Role", "karpenter-controller").inputs["namePrefix"] = long;
        const queue = pick(stack, "aws:sqs/queue:Queue", "karpenter-interruptions");
        delete queue.inputs["namePrefix"];
        queue.name = `${long}for-a-queue-with-suffix`;
        pick(stack, "kubernetes:helm.sh/v3:Release", "device-plugin").inputs["name"] = `${long}for-a-chart`;
        pick(stack, "kubernetes:core/v1:Service", "tracking-service").inputs["metadata"].name = "ML_flow";
      },
      found: [
        "aws:sqs/queue:Queue millrace-prod-with-a-very-long-name-a-good-deal-too-long-for-a-queue-with-suffix",
        "kubernetes:helm.sh/v3:Release device-plugin",
        "aws:iam/role:Role karpenter-controller",
        "kubernetes:core/v1:Service tracking-service",
      ],
    },
  },
];

const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as any)[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig;

function showsSecret(value: unknown): boolean {
  if (typeof value === "string") {
    return value.includes(SECRET) || value.includes(Buffer.from(SECRET).toString("base64"));
  }
  return typeof value === "object" && value !== null && !isSecret(value) && Object.values(value).some(showsSecret);
}

/** AWS resources with the property that names them. Without it Pulumi makes a name of the resource's own. */
const NAMED: Record<string, { kind: Named; property: string }> = {
  "aws:iam/role:Role": { kind: "iam role", property: "name" },
  "aws:s3/bucket:Bucket": { kind: "s3 bucket", property: "bucket" },
  "aws:rds/instance:Instance": { kind: "rds instance", property: "identifier" },
  "aws:sqs/queue:Queue": { kind: "sqs queue", property: "name" },
  "aws:cloudwatch/eventRule:EventRule": { kind: "event rule", property: "name" },
  "aws:ecr/repository:Repository": { kind: "ecr repository", property: "name" },
  "aws:eks/cluster:Cluster": { kind: "eks cluster", property: "name" },
};

/** Longest name of a Helm release, in characters (Helm, `chartutil.ValidateReleaseName`). */
const RELEASE_LENGTH = 53;

function fitting({ type, name, inputs }: Recorded): boolean {
  const named = NAMED[type];
  if (named) {
    const { [named.property]: whole, [`${named.property}Prefix`]: prefix } = inputs;
    // Terraform's providers append 26 characters to a prefix, Pulumi a hyphen and seven to a name of its own making.
    return prefix ? fits(named.kind, prefix, 26) : whole ? fits(named.kind, whole) : fits(named.kind, name, 8);
  }
  if (type === "kubernetes:helm.sh/v3:Release") {
    return DNS_LABEL.test(inputs["name"]) && inputs["name"].length <= RELEASE_LENGTH;
  }
  return !type.startsWith("kubernetes:") || DNS_LABEL.test(inputs["metadata"].name);
}
