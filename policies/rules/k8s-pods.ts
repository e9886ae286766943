import { type Fault, levels, type Rule, rule } from "../rule.ts";
import { CONTAINERS, everyContainer, PODS } from "./pod-expressions.ts";
import { containersOf, namespaceOf, podsOf, WORKLOADS } from "./workloads.ts";

const sized = rule({
  id: "K8S-03",
  title: "Every container says how much memory and processor it needs, and how much memory it may take",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    'Set `resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } }`, with what it takes when it is busy. A LimitRange in the namespace fills in what containers leave out.',
  peers: ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13", "KSV-0015", "KSV-0016", "KSV-0018", "polaris", "kube-linter"],
  types: WORKLOADS,
  check: (resource) =>
    podsOf(resource)
      // What the pod says as a whole holds for its containers together (Kubernetes 1.34).
      .filter(({ spec }) => missing(spec.resources).length > 0)
      .flatMap(containersOf)
      .flatMap(({ path, container }) =>
        missing(container.resources).map((property) => ({
          property: `${path}.resources.${property}`,
          got: "nothing",
          want: "a quantity",
        })),
      ),
  admission: {
    objects: [PODS],
    variables: [CONTAINERS],
    validations: [
      {
        // The API server has copied limits to missing requests and applied the namespace's LimitRange by now.
        expression: `has(object.spec.resources) || ${everyContainer(
          "has(c.resources) && has(c.resources.requests) && 'cpu' in c.resources.requests && 'memory' in c.resources.requests && has(c.resources.limits) && 'memory' in c.resources.limits",
        )}`,
        message:
          "a container must say what it needs: set resources.requests.cpu, resources.requests.memory and resources.limits.memory",
      },
    ],
  },
});

/** A limit is also a request, unless one is made (Kubernetes documentation, "Resource Management for Pods and Containers"). */
function missing({ requests = {}, limits = {} }: any = {}): string[] {
  return [
    ...("cpu" in requests || "cpu" in limits ? [] : ["requests.cpu"]),
    ...("memory" in requests || "memory" in limits ? [] : ["requests.memory"]),
    ...("memory" in limits ? [] : ["limits.memory"]),
  ];
}

interface Callers {
  /** Service accounts whose pods call the Kubernetes API, `<namespace>/<name>`. */
  callers: readonly string[];
}
const noCallers: Callers = { callers: [] };

const ownAccount = rule<Callers>({
  id: "K8S-06",
  title: "Pods run in a namespace and under a service account of their own, and hold its token only where they call Kubernetes",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.1.5", "CIS EKS 4.1.6", "CIS EKS 4.5.2"],
  remediation:
    "Set `metadata.namespace`, `serviceAccountName` and `automountServiceAccountToken: false`. Pods that call the Kubernetes API are listed by their service account in the parameter `callers`.",
  peers: ["CKV_K8S_21", "CKV_K8S_38", "CKV_K8S_41", "KSV-0036", "kyverno"],
  parameters: { dev: noCallers, staging: noCallers, prod: noCallers },
  types: WORKLOADS,
  check: (resource, { callers }) => [
    ...(namespaceOf(resource) === "default"
      ? [{ property: "metadata.namespace", got: "default", want: "a namespace of its own" }]
      : []),
    ...podsOf(resource).flatMap(({ path, spec }): Fault[] => {
      const account = spec.serviceAccountName ?? spec.serviceAccount ?? "default";
      const token = spec.automountServiceAccountToken;
      const calls = callers.length > 0 && callers.includes(`${namespaceOf(resource)}/${account}`);
      return [
        ...(account === "default"
          ? [{ property: `${path}.serviceAccountName`, got: account, want: "a service account of its own" }]
          : []),
        ...(token === false || calls
          ? []
          : [
              {
                property: `${path}.automountServiceAccountToken`,
                got: String(token ?? "nothing"),
                want: "false, or the account a listed caller",
              },
            ]),
      ];
    }),
  ],
  admission: {
    objects: [PODS],
    validations: [
      {
        // By now the API server has mounted the token, where neither the pod nor its service account forbids it. A job without a
        // token is nobody, whatever its account is called: teams need not make accounts. A token for somebody else, as that of
        // EKS Pod Identity, says for whom.
        expression:
          "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.projected) || !has(v.projected.sources) || v.projected.sources.all(s, !has(s.serviceAccountToken) || (has(s.serviceAccountToken.audience) && s.serviceAccountToken.audience != '')))",
        message: "a pod must not hold a token for the Kubernetes API: set automountServiceAccountToken to false",
      },
    ],
  },
});

export const K8S_PODS: readonly Rule[] = [sized, ownAccount];
