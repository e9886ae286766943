import { setTimeout as sleep } from "node:timers/promises";
import { jobsNamespace, Team } from "#components/teams/team";
import { QueueGuard } from "#components/training/queue-guard";
import { admissionPolicies } from "#policies/admission";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { record } from "../../harness/graph.ts";
import { team as minimal } from "../minimal.ts";
import { applyAll, objectsOf } from "./objects.ts";

/** What a person's Job asks for, by what it shows. */
export interface Asked {
  resources?: object;
  initResources?: object;
  podResources?: object;
}

/** Every one is valid where no default is: the API server must admit it in a team's namespace too. */
export const VALID: Readonly<Record<string, Asked>> = {
  "nothing at all": {},
  "more memory than any default, without a limit": { resources: { requests: { cpu: "4", memory: "16Gi" } } },
  "memory alone": { resources: { requests: { memory: "3Gi" } } },
  "a limit below the default request": { resources: { limits: { cpu: "10m", memory: "32Mi" } } },
  "an init container with a large request": { initResources: { requests: { memory: "8Gi" } } },
  "resources of the pod alone": { podResources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } } },
  "local storage": { resources: { requests: { "ephemeral-storage": "100Gi" } } },
  "huge pages": { resources: { requests: { memory: "1Gi" }, limits: { "hugepages-2Mi": "64Mi", memory: "1Gi" } } },
  "a network interface": { resources: { limits: { "vpc.amazonaws.com/efa": "1" } } },
  "a resource that nobody has heard of": { resources: { limits: { "example.com/thing": "3" } } },
  "a whole GPU with a network interface": { resources: { limits: { "nvidia.com/gpu": "1", "vpc.amazonaws.com/efa": "1" } } },
};

/** Ways round the quota that counts GPUs. */
export const INVALID: Readonly<Record<string, Asked>> = {
  "a slice of a GPU": { resources: { limits: { "nvidia.com/mig-1g.5gb": "1" } } },
  "a slice beside a GPU": { resources: { limits: { "nvidia.com/gpu": "1", "nvidia.com/mig-1g.5gb": "1" } } },
};

/** What the API server says against each Job and against its pods, in an environment; `""` where it admits both. */
export type Admission = Record<string, string>;

/** The answers for `VALID` and `INVALID`, of an API server with the objects of a team and its admission policies. */
export async function admissionVerdicts(kube: Kube): Promise<Admission> {
  const graph = await record(() => {
    new Team("risk", minimal);
    new QueueGuard("guard");
  });
  const kinds = ["Namespace", "ResourceQuota", "LimitRange"];
  await applyAll(kube, objectsOf(graph, [...kinds, "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]));
  await applyAll(
    kube,
    admissionPolicies("prod")
      .filter(({ name }) => name === "millrace-k8s-03")
      .flatMap(asObjects),
  );
  const namespace = jobsNamespace("risk");
  await untilEnforced(kube, namespace);
  const verdicts: Admission = {};
  for (const [what, asked] of Object.entries({ ...VALID, ...INVALID })) {
    verdicts[what] = (await said(kube, namespace, jobOf(asked))) || (await said(kube, namespace, podOf(asked)));
  }
  return { ...verdicts, ...(await verdictsOnChanges(kube, namespace)) };
}

/** A change of a pod that waits, by what it does. */
export const CHANGES: Readonly<Record<string, (pod: Json) => void>> = {
  "a new label": (pod) => Object.assign(pod["metadata"] as object, { labels: { seen: "true" } }),
  "a toleration of another taint": (pod) => tolerate(pod, "example.com/other"),
};

/** Ways round the guard of GPU nodes, after the pod was admitted. */
export const INVALID_CHANGES: typeof CHANGES = {
  "a toleration of GPU nodes": (pod) => tolerate(pod, "nvidia.com/gpu"),
  "a toleration of everything": (pod) => tolerate(pod),
};

function tolerate(pod: Json, key?: string): void {
  const spec = pod["spec"] as { tolerations?: object[] };
  spec.tolerations = [...(spec.tolerations ?? []), { operator: "Exists", ...(key !== undefined && { key }) }];
}

async function verdictsOnChanges(kube: Kube, namespace: string): Promise<Admission> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await kube.call("POST", pods, podOf({}));
  const verdicts: Admission = {};
  for (const [what, change] of Object.entries({ ...CHANGES, ...INVALID_CHANGES })) {
    const pod = structuredClone((await kube.find(`${pods}/pod`)) as Json);
    // The scheduler writes what it thinks of the pod in the meantime.
    delete pod["metadata"].resourceVersion;
    change(pod);
    verdicts[what] = await kube.call("PUT", `${pods}/pod?dryRun=All`, pod).then(
      () => "",
      (error: Error) => error.message,
    );
  }
  return verdicts;
}

const ADMISSION = "admissionregistration.k8s.io/v1";

const asObjects = ({ name, spec, binding }: ReturnType<typeof admissionPolicies>[number]) => [
  { apiVersion: ADMISSION, kind: "ValidatingAdmissionPolicy", metadata: { name }, spec },
  { apiVersion: ADMISSION, kind: "ValidatingAdmissionPolicyBinding", metadata: { name }, spec: binding },
];

/** The API server learns of policies, quotas and accounts a moment after they are made. */
async function untilEnforced(kube: Kube, namespace: string): Promise<void> {
  const unlabelled = { ...jobOf({ resources: { limits: { "nvidia.com/gpu": "1" } } }) };
  unlabelled["metadata"] = { name: "unlabelled" };
  const mute = podOf({ resources: { limits: { memory: "1Gi" } } });
  const ready = async () =>
    (await kube.find(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)) !== undefined &&
    (await said(kube, namespace, unlabelled)).includes("must carry the label") &&
    !(await said(kube, namespace, mute)).includes("status unknown for quota");
  for (const deadline = Date.now() + 60_000; !(await ready()); await sleep(200)) {
    if (Date.now() > deadline) {
      throw new Error("the policies of a team's namespace must be in force within a minute");
    }
  }
}

/** What the API server says against creating an object, without creating it. */
async function said(kube: Kube, namespace: string, object: Json): Promise<string> {
  const collection = object["kind"] === "Job" ? "/apis/batch/v1" : "/api/v1";
  const path = `${collection}/namespaces/${namespace}/${object["kind"] === "Job" ? "jobs" : "pods"}`;
  return kube.call("POST", `${path}?dryRun=All`, object).then(
    () => "",
    (error: Error) => error.message,
  );
}

const namesGpu = ({ resources = {} }: Asked): boolean => JSON.stringify(resources).includes("nvidia.com/");

const jobOf = (asked: Asked): Json => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "job", labels: { "kueue.x-k8s.io/queue-name": namesGpu(asked) ? "default" : "cpu" } },
  spec: { template: { spec: specOf(asked) } },
});

/** As the Job controller would make it, but for the owner. Those with GPUs are the guard's own affair: only it makes them. */
const podOf = (asked: Asked): Json =>
  namesGpu(asked) ? podOf({}) : { apiVersion: "v1", kind: "Pod", metadata: { name: "pod" }, spec: specOf(asked) };

const HARDENED = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

const specOf = ({ resources, initResources, podResources }: Asked): Json => ({
  restartPolicy: "Never",
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1_000, seccompProfile: { type: "RuntimeDefault" } },
  ...(podResources && { resources: podResources }),
  ...(initResources && { initContainers: [{ name: "init", image: "a", securityContext: HARDENED, resources: initResources }] }),
  containers: [{ name: "main", image: "a", securityContext: HARDENED, ...(resources && { resources }) }],
});
