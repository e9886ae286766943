import { type Fault, together, unless } from "../../findings.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { PODS } from "../../kubernetes/pod-expressions.ts";
import { type Pod, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { flag, shown, text } from "../../read.ts";
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
  types: WORKLOADS,
  check: (resource, { callers }) => {
    const calls = (account: string): boolean => callers.length > 0 && callers.includes(`${namespaceOf(resource)}/${account}`);
    return together(
      () =>
        unless(namespaceOf(resource) !== "default", {
          property: "metadata.namespace",
          got: "default",
          want: "a namespace of its own",
        }),
      ...podsOf(resource).map((pod) => () => accountFaults(pod, calls)),
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
