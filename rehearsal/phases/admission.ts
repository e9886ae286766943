import { RULES } from "#policies/catalogue";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import { KubeError } from "../cluster/controlplane/kube-error.ts";
import { MODEL } from "../models.ts";
import { phase } from "../phase.ts";

/** A bad object that somebody sends past the program, made from a good pod of the served model. */
interface BadObject {
  rule: string;
  path: (namespace: string) => string;
  object: (pod: Json) => Json;
}

const pods = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

/** A copy of the pod with its container changed. */
const container =
  (change: Json) =>
  (pod: Json): Json => ({ ...pod, spec: { ...pod["spec"], containers: [{ ...pod["spec"].containers[0], ...change }] } });

const DIGEST = `sha256:${"a".repeat(64)}`;

// Not K8S-03: the namespace's LimitRange fills in what a container leaves out, before anybody looks.
const BAD_OBJECTS: readonly BadObject[] = [
  { rule: "K8S-02", path: pods, object: container({ securityContext: { allowPrivilegeEscalation: true } }) },
  { rule: "K8S-06", path: pods, object: (pod) => ({ ...pod, spec: { ...pod["spec"], automountServiceAccountToken: true } }) },
  { rule: "IMG-01", path: pods, object: container({ image: "model-server:latest" }) },
  { rule: "IMG-02", path: pods, object: container({ image: `docker.io/someone/model@${DIGEST}` }) },
  { rule: "SEC-02", path: pods, object: container({ env: [{ name: "SMTP_PASSWORD", value: "q7Rk9sLw2mXvB4tZ" }] }) },
  {
    rule: "GPU-01",
    path: pods,
    object: (pod) => {
      const resources = { limits: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" }, requests: { cpu: "1", memory: "1Gi" } };
      return { ...container({ resources })(pod), spec: { ...container({ resources })(pod)["spec"], tolerations: [] } };
    },
  },
  {
    rule: "K8S-01",
    path: () => "/api/v1/namespaces",
    object: () => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: "unconfined" } }),
  },
  {
    rule: "MESH-01",
    path: (namespace) => `/apis/security.istio.io/v1/namespaces/${namespace}/peerauthentications`,
    object: () => ({
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "open" },
      spec: { mtls: { mode: "PERMISSIVE" } },
    }),
  },
  {
    rule: "MESH-03",
    path: (namespace) => `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices`,
    object: () => ({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "everything" },
      spec: { hosts: ["*"], http: [{ route: [{ destination: { host: MODEL } }] }] },
    }),
  },
];

/** What comes past the program must meet the same rules: each bad object is refused by the API server, a good one is admitted. */
export const badObjects = phase({
  name: "bad-objects",
  summary: "sends bad objects past the program: the API server must refuse each, and admit a good pod",
  needs: ["control-plane", "workloads"],
  run: async ({ cluster: { kube }, served: { namespace }, environment, outcome, update }) => {
    const pod = await goodPod(kube, namespace);
    const objection = await attempt(kube, pods(namespace), pod);
    if (objection !== undefined) {
      throw new Error(`a good pod must be admitted, it was refused: ${objection}`);
    }
    const mandatory = BAD_OBJECTS.filter(({ rule }) => RULES.find(({ id }) => id === rule)?.levels[environment] === "mandatory");
    outcome.admission = [];
    for (const { rule, path, object } of mandatory) {
      update(rule);
      const refusal = await attempt(kube, path(namespace), object(pod));
      if (refusal === undefined) {
        throw new Error(`the API server must refuse what breaks ${rule}, it admitted a ${object(pod)["kind"]}`);
      }
      outcome.admission.push({ rule, refusedBy: refusal.includes(`${rule}:`) ? "our policy" : refusal });
    }
    const rules = mandatory.map(({ rule }) => rule).join(", ");
    return { detail: `a good pod admitted, ${mandatory.length} bad objects refused by the API server (${rules})` };
  },
});

/** A pod of the served model as it could be sent again. */
async function goodPod(kube: Kube, namespace: string): Promise<Json> {
  const { items } = (await kube.get(pods(namespace))) as { items: Json[] };
  const { metadata, spec } = items[0] ?? {};
  const { nodeName: _, ...rest } = spec;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "copy", labels: metadata.labels, annotations: metadata.annotations },
    spec: rest,
  };
}

/** What the API server says against creating an object, without creating it. */
async function attempt(kube: Kube, path: string, object: Json): Promise<string | undefined> {
  try {
    await kube.call("POST", `${path}?dryRun=All`, object);
    return undefined;
  } catch (error) {
    if (error instanceof KubeError && [403, 422].includes(error.status)) {
      return error.message;
    }
    throw error;
  }
}
