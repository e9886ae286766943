import { type Fault, unless } from "../../findings.ts";
import { SCALED_OBJECT } from "../../kubernetes/scalers.ts";
import { bags, flag, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

const SCALED_JOB = "kubernetes:keda.sh/v1alpha1:ScaledJob";
const AUTHENTICATION_FOR_ALL = "kubernetes:keda.sh/v1alpha1:ClusterTriggerAuthentication";

/** KEDA reads its Secrets in the namespace of KEDA, for whoever names it. */
export const SEC_11 = rule({
  id: "SEC-11",
  title: "What scales asks with secrets of its own namespace alone, and knows whom it asks",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1", "CIS EKS 4.4.2"],
  remediation:
    "Name a TriggerAuthentication of the same namespace in `authenticationRef`, leave ClusterTriggerAuthentications and `unsafeSsl` out. A Prometheus inside the cluster needs no secret.",
  types: [SCALED_OBJECT, SCALED_JOB, AUTHENTICATION_FOR_ALL],
  check: (resource) => (resource.type === AUTHENTICATION_FOR_ALL ? FOR_ALL : borrowed(resource)),
});

const OWN = "TriggerAuthentication: its Secret lies in the namespace of what is scaled";

const FOR_ALL: Fault[] = [{ property: "kind", got: "ClusterTriggerAuthentication", want: OWN }];

const borrowed = ({ inputs }: Resource): Fault[] =>
  bags(inputs, "spec", "triggers").flatMap((trigger, index) => [
    ...unless(text(trigger, "authenticationRef", "kind") !== "ClusterTriggerAuthentication", {
      property: `spec.triggers[${index}].authenticationRef.kind`,
      got: "ClusterTriggerAuthentication",
      want: OWN,
    }),
    ...unless(flag(trigger, "metadata", "unsafeSsl") !== true, {
      property: `spec.triggers[${index}].metadata.unsafeSsl`,
      got: "true",
      want: "left out: anybody could answer",
    }),
  ]);
