import { type Fault, together, unless } from "../../findings.ts";
import { namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { PODS } from "../../kubernetes/pod-expressions.ts";
import { SECRET, SERVICE_ACCOUNT } from "../../kubernetes/types.ts";
import { type Pod, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { bags, flag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

interface Callers {
  /** Service accounts whose pods call the Kubernetes API, `<namespace>/<name>`. */
  callers: readonly string[];
}
const NO_CALLERS: Callers = { callers: [] };

export const K8S_06 = rule<Callers>({
  id: "K8S-06",
  title: "Pods have a namespace and a service account of their own, and hold its token only if they call the Kubernetes API",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.1.5", "CIS EKS 4.1.6", "CIS EKS 4.5.2"],
  remediation:
    "Set `metadata.namespace`, `serviceAccountName` and `automountServiceAccountToken: false`. List the service accounts of pods that call the Kubernetes API in the parameter `callers`.",
  peers: ["CKV_K8S_21", "CKV_K8S_38", "CKV_K8S_41", "KSV-0036", "kyverno"],
  parameters: { dev: NO_CALLERS, staging: NO_CALLERS, prod: NO_CALLERS },
  types: [...WORKLOADS, SERVICE_ACCOUNT, SECRET],
  check: (resource, { callers }) => {
    if (resource.type === SERVICE_ACCOUNT || resource.type === SECRET) {
      return lastingTokens(resource, callers);
    }
    const calls = (account: string): boolean => callers.length > 0 && callers.includes(`${namespaceOf(resource)}/${account}`);
    return together(
      () =>
        // A list has no namespace; each of its objects has one.
        unless(resource.type.endsWith("List") || namespaceOf(resource) !== "default", {
          property: "metadata.namespace",
          got: "default",
          want: "a namespace of its own",
        }),
      podsOf(resource).flatMap((pod) => [() => accountFaults(pod, calls), () => mountedTokens(pod, calls)]),
    );
  },
  admission: {
    objects: [PODS],
    validations: [
      {
        // The API server has already mounted the token, unless the pod or its service account forbids it. A job without a token has
        // no rights, whatever its account is called, so teams need not make accounts. A token for another audience, such as that of
        // EKS Pod Identity, names its audience.
        expression:
          "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.projected) || !has(v.projected.sources) || v.projected.sources.all(s, !has(s.serviceAccountToken) || (has(s.serviceAccountToken.audience) && s.serviceAccountToken.audience != '')))",
        message: "a pod must not hold a token for the Kubernetes API: set automountServiceAccountToken to false",
      },
    ],
  },
});

/** An account may give a token to each of its pods, and a Secret one that never ends. */
function lastingTokens(resource: Resource, callers: readonly string[]): Fault[] {
  const { type, inputs } = resource;
  if (type === SECRET) {
    const got = text(inputs, "type") ?? "Opaque";
    const want = "a kind without a token of a service account, which never ends";
    return unless(got !== "kubernetes.io/service-account-token", { property: "type", got, want });
  }
  const given = flag(inputs, "automountServiceAccountToken") === true;
  return unless(!given || callers.includes(placeOf(resource)), {
    property: "automountServiceAccountToken",
    got: "true",
    want: "false, unless the service account is listed in 'callers'",
  });
}

/** The API server takes tokens for itself, which is the audience of a token that names none. */
const OF_API = /^$|^(https:\/\/)?kubernetes(\.default)?(\.svc)?(\.cluster\.local)?\/?$/;

function mountedTokens({ path, spec }: Pod, calls: (account: string) => boolean): Fault[] {
  const account = text(spec, "serviceAccountName") ?? "default";
  return bags(spec, "volumes").flatMap((volume, index) =>
    bags(volume, "projected", "sources").flatMap((source, at) => {
      const audience = text(source, "serviceAccountToken", "audience") ?? "";
      const token = isSet(source, "serviceAccountToken") && OF_API.test(audience);
      return unless(!token || calls(account), {
        property: `${path}.volumes[${index}].projected.sources[${at}].serviceAccountToken`,
        got: `a token for ${audience || "the Kubernetes API"}`,
        want: "a token for another audience, unless the service account is listed in 'callers'",
      });
    }),
  );
}

function accountFaults({ path, spec }: Pod, calls: (account: string) => boolean): Fault[] {
  const account = text(spec, "serviceAccountName") ?? text(spec, "serviceAccount") ?? "default";
  const token = flag(spec, "automountServiceAccountToken");
  return [
    ...unless(account !== "default", {
      property: `${path}.serviceAccountName`,
      got: account,
      want: "a service account of its own",
    }),
    ...unless(token === false || calls(account), {
      property: `${path}.automountServiceAccountToken`,
      got: shown(token),
      want: "false, unless the service account is listed in 'callers'",
    }),
  ];
}
