import { isListed } from "../../exceptions.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import {
  CLUSTER_EXTERNAL_SECRETS,
  CLUSTER_SECRET_STORES,
  EXTERNAL_SECRETS,
  SECRET_STORES,
  sourcesOf,
  specOf,
} from "../../kubernetes/external-secrets.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { bag, bags, hasKey, isSet, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

const PUSHES = ["PushSecret", "ClusterPushSecret"].map((kind) => `kubernetes:external-secrets.io/v1alpha1:${kind}`);
const STORES = [...SECRET_STORES, ...CLUSTER_SECRET_STORES];

interface Kept {
  /** Globs of the namespaces of the platform, in which no team has rights. */
  namespaces: string[];
  /** Globs of the names of objects that may write a secret of the cluster to a store. */
  pushed: string[];
}

const PLATFORM: Kept = {
  namespaces: [
    "kube-*",
    "argo-rollouts",
    "cert-manager",
    "external-secrets",
    "feast",
    "istio-*",
    "karpenter",
    "keda",
    "kueue-system",
    "mlflow",
    "monitoring",
  ],
  pushed: [],
};

export const SEC_09 = rule<Kept>({
  id: "SEC-09",
  title: "Secrets of administrators, and the rights of what fetches them, stay with the platform; no secret leaves the cluster",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["SOC2 CC6.1", "CIS EKS 4.4.2"],
  remediation:
    "Fetch the secret of a master user (`rds!…`) only in a namespace of the platform. Give a store for others an `auth` of its own, name each secret instead of `find`, and leave PushSecrets out. The parameters `namespaces` and `pushed` name what may be otherwise.",
  types: [...EXTERNAL_SECRETS, ...CLUSTER_EXTERNAL_SECRETS, ...STORES, ...PUSHES],
  parameters: { dev: PLATFORM, staging: PLATFORM, prod: PLATFORM },
  // Which namespaces are the platform's, only their owner knows.
  elsewhere: { namespaces: ["*"], pushed: ["*"] },
  check: (resource, { namespaces, pushed }) => {
    if (PUSHES.includes(resource.type)) {
      const want = "left out: secrets come from the store";
      return unless(isListed(nameOf(resource), pushed), { property: "kind", got: "a secret that is written to a store", want });
    }
    const strange = namespacesOf(resource).filter((namespace) => !isListed(namespace, namespaces));
    return strange.length === 0
      ? []
      : STORES.includes(resource.type)
        ? lentRights(resource, strange)
        : handedOut(resource, strange);
  },
});

/** A selector may fit a namespace of anybody. */
const ANY = "namespaces by their labels";

/** Namespaces that an object serves. A store that names none is a matter of SEC-05. */
function namespacesOf(resource: Resource): string[] {
  const { type, inputs } = resource;
  if (CLUSTER_SECRET_STORES.includes(type)) {
    return bags(inputs, "spec", "conditions").flatMap((each) => texts(each, "namespaces"));
  }
  if (CLUSTER_EXTERNAL_SECRETS.includes(type)) {
    const isSelected = isSet(inputs, "spec", "namespaceSelector") || bags(inputs, "spec", "namespaceSelectors").length > 0;
    return [...texts(inputs, "spec", "namespaces"), ...(isSelected ? [ANY] : [])];
  }
  return [namespaceOf(resource)];
}

/** Secrets that RDS makes for the user who may do everything: `rds!db-…` and `rds!cluster-…`. */
const OF_ADMINISTRATORS = /(^|:secret:)rds!/;

function handedOut(resource: Resource, namespaces: readonly string[]): Finding[] {
  const { path, spec } = specOf(resource);
  return together(
    sourcesOf(spec).flatMap(({ path: at, source }) => [
      ...["remoteRef", "extract"].map((kind) => (): Fault[] => {
        const isOpen = OF_ADMINISTRATORS.test(text(source, kind, "key") ?? "");
        const want = "in a namespace of the platform";
        return unless(!isOpen, {
          property: `${path}.${at}.${kind}.key`,
          got: `the secret of an administrator in ${namespaces.join(", ")}`,
          want,
        });
      }),
      (): Fault[] =>
        unless(!hasKey(source, "find"), {
          property: `${path}.${at}.find`,
          got: `whatever the store reads, in ${namespaces.join(", ")}`,
          want: "the secrets by their names (`extract.key`)",
        }),
    ]),
  );
}

/** A store without a login of its own reads with the rights of the operator, which are those of the platform (External Secrets, "AWS authentication"). */
function lentRights({ inputs }: Resource, namespaces: readonly string[]): Fault[] {
  const aws = bag(inputs, "spec", "provider", "aws");
  return unless(!hasKey(inputs, "spec", "provider", "aws") || isSet(aws, "auth") || isSet(aws, "role"), {
    property: "spec.provider.aws.auth",
    got: `nothing, which is the operator's, in ${namespaces.join(", ")}`,
    want: "a service account of the namespace, or a `role`",
  });
}
