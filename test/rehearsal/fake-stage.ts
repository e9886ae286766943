import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Changes, PolicyFinding, ResourceProgress } from "#engine/events";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { KubeError } from "#rehearsal/cluster/controlplane/kube-error";
import { Progress } from "#rehearsal/progress";
import type { Stage } from "#rehearsal/stage";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { outcome } from "./sample.ts";

/** What the engine and the cluster of a fake stage answer. */
export interface Answers {
  environment?: EnvironmentName;
  /** Resources of each `up`. */
  resources?: (stack: string) => Partial<ResourceProgress>[];
  changes?: Partial<Changes>;
  destroy?: (stack: string, unprotected: boolean) => Error | undefined;
  namespaces?: string[];
  /** What the policy pack says in each preview. */
  findings?: PolicyFinding[];
  /** What the API server answers to the pod, or other object, that is sent. */
  admits?: (object: Json) => string | undefined;
}

const POD: Json = {
  metadata: { name: "fraud-1", labels: { app: "fraud" }, uid: "1" },
  spec: { nodeName: "node-1", containers: [{ name: "server", image: "i" }] },
};

/** A stage without engine and cluster; what was asked of it is kept. */
export function fakeStage({
  environment = "dev",
  resources = () => [],
  changes = {},
  destroy,
  namespaces = [],
  findings = [],
  admits = () => undefined,
}: Answers = {}) {
  const asked: string[] = [];
  const hosts: Record<string, string> = {};
  const unprotected = new Set<string>();
  let listener: (progress: ResourceProgress) => void = () => undefined;
  const all = { create: 0, update: 0, delete: 0, replace: 0, same: 9, ...changes };
  const engine = {
    up: async (stack: string) => {
      asked.push(`up ${stack}`);
      resources(stack).forEach((each) => listener(each as ResourceProgress));
      return { seconds: 7 };
    },
    preview: async (stack: string) => (asked.push(`preview ${stack}`), { changes: all, findings }),
    destroy: async (stack: string) => {
      asked.push(`destroy ${stack}`);
      const refusal = destroy?.(stack, unprotected.has(stack));
      if (refusal) {
        throw refusal;
      }
      return { changes: all };
    },
    unprotect: async (stack: string) => void (asked.push(`unprotect ${stack}`), unprotected.add(stack)),
    removeStack: async (stack: string) => void asked.push(`remove ${stack}`),
    outputs: async (stack: string) =>
      stack.startsWith("platform")
        ? { monitoring: { prometheusUrl: "http://prometheus.monitoring.svc:9090" } }
        : { models: { fraud: { host: "fraud.models.internal", namespace: "models-risk", version: "3" } } },
  };
  const items: Json[] = namespaces.map((name) => ({ metadata: { name } }));
  const folder = mkdtempSync(join(tmpdir(), "millrace-stage-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const result = outcome({ environment, phases: [], layers: [] });
  const stage = {
    environment,
    outcome: result,
    progress: new Progress({ begin: () => undefined, update: () => undefined, end: () => undefined }, result.phases),
    workspace: { engine, folder },
    cluster: {
      startDataPlane: async () => void asked.push("controllers"),
      kube: {
        get: async (path: string) => (path.endsWith("/pods") ? { items: [POD] } : { items }),
        find: async () => undefined,
        call: async (_method: string, path: string, object: Json) => {
          asked.push(`POST ${path}`);
          const refusal = admits(object);
          if (refusal !== undefined) {
            throw new KubeError(403, refusal);
          }
          return object;
        },
      },
    },
    inside: { hosts: { set: (names: Record<string, string>) => void Object.assign(hosts, names) } },
    served: { model: "fraud", namespace: "", host: "", path: "/invocations", body: "" },
    listen: (to: typeof listener) => {
      listener = to;
    },
  } as unknown as Stage;
  const details = (): Record<string, string> => Object.fromEntries(result.phases.map(({ name, detail }) => [name, detail]));
  return { stage, asked, hosts, details };
}
