import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Changes, PolicyFinding, ResourceProgress } from "#engine/events";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { KubeError } from "#rehearsal/cluster/controlplane/kube-error";
import type { Context } from "#rehearsal/phase";
import { NO_CHANGES, readChanges, writeChanges } from "#rehearsal/program/changes";
import type { PhaseName } from "#rehearsal/results";
import type { StateResource } from "#rehearsal/state";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { outcome } from "./sample.ts";

/** What engine and cluster answer to the phases. */
export interface Answers {
  environment?: EnvironmentName;
  /** Layers that have come up. */
  standing?: string[];
  /** Resources of each `up` and `destroy`, as the engine tells of them. */
  resources?: (stack: string) => Partial<ResourceProgress>[];
  /** Resources in each state. */
  state?: StateResource[];
  changes?: Partial<Changes>;
  destroy?: (stack: string, unprotected: boolean) => Error | undefined;
  namespaces?: string[];
  /** What the policy pack says in each preview, given the mutants of the program. */
  findings?: (mutants: readonly string[]) => PolicyFinding[];
  /** What the API server answers to the pod, or other object, that is sent. */
  admits?: (object: Json) => string | undefined;
}

const POD: Json = {
  metadata: { name: "fraud-1", labels: { app: "fraud" }, uid: "1" },
  spec: { nodeName: "node-1", containers: [{ name: "server", image: "i" }] },
};

/** A context without engine and cluster; what the phases ask of both is kept. */
export function fakeContext({
  environment = "dev",
  standing = [],
  resources = () => [],
  state = [],
  changes = {},
  destroy,
  namespaces = [],
  findings = () => [],
  admits = () => undefined,
}: Answers = {}) {
  const asked: string[] = [];
  const unprotected = new Set<string>();
  let listener: (progress: ResourceProgress) => void = () => undefined;
  const all = { create: 0, update: 0, delete: 0, replace: 0, same: 9, ...changes };
  const folder = mkdtempSync(join(tmpdir(), "millrace-context-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeChanges(folder, NO_CHANGES);
  const stacks = join(folder, "state", ".pulumi", "stacks", "millrace");
  mkdirSync(stacks, { recursive: true });
  for (const layer of ["foundation", "platform", "workloads"]) {
    writeFileSync(join(stacks, `${layer}-${environment}.json`), JSON.stringify({ checkpoint: { latest: { resources: state } } }));
  }
  mkdirSync(join(folder, "store", "questions"), { recursive: true });
  writeFileSync(join(folder, "store", "questions", "fraud.json"), '[{"inputs":[1]}]');
  const tell = (stack: string): void => resources(stack).forEach((each) => listener(each as ResourceProgress));
  const engine = {
    up: async (stack: string) => {
      asked.push(`up ${stack}`);
      tell(stack);
      return { seconds: 7, changes: all };
    },
    preview: async (stack: string) => {
      asked.push(`preview ${stack}`);
      return { changes: all, findings: findings(readChanges(folder).mutants) };
    },
    destroy: async (stack: string) => {
      asked.push(`destroy ${stack}`);
      const refusal = destroy?.(stack, unprotected.has(stack));
      if (refusal) {
        throw refusal;
      }
      tell(stack);
      return { changes: all };
    },
    unprotect: async (stack: string) => void (asked.push(`unprotect ${stack}`), unprotected.add(stack)),
    removeStack: async (stack: string) => void asked.push(`remove ${stack}`),
    outputs: async (stack: string) =>
      stack.startsWith("platform")
        ? {
            gateway: { namespace: "istio-ingress", name: "ingress", selector: { istio: "ingress" } },
            monitoring: { prometheusUrl: "http://prometheus.monitoring.svc:9090" },
          }
        : stack.startsWith("foundation")
          ? { database: { host: "db.internal" }, stores: { artifacts: { name: "artifacts" } } }
          : { models: { fraud: { host: "fraud.models.internal", namespace: "models-risk", version: "3" } } },
  };
  const items: Json[] = namespaces.map((name) => ({ metadata: { name } }));
  const layers = standing.map((layer) => ({ layer, created: 1, seconds: 1, byProvider: {} }));
  const context = {
    environment,
    outcome: outcome({ environment, phases: [], layers }),
    update: () => undefined,
    workspace: { engine, folder, project: folder, charts: { ways: () => ["recorded, pods only: argo-rollouts"] } },
    cluster: {
      startDatabase: async ({ host }: { host: string }) => void asked.push(`database ${host}`),
      startArtifactStore: async (bucket: string) => void asked.push(`store ${bucket}`),
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
    inside: { hosts: {}, folder },
    served: { model: "fraud", version: "3", namespace: "models-risk", host: "", path: "/invocations", bodies: ["{}"] },
    listen: (to: typeof listener) => {
      listener = to;
    },
  } as unknown as Context<PhaseName>;
  return { context, asked };
}
