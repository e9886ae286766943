import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Kube } from "../cluster/controlplane/kube.ts";

/** Namespaces that the API server makes for itself. */
const OWN_NAMESPACES = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

/** Kinds that a platform makes outside its namespaces, and whose names are not the control plane's own. */
const CLUSTER_KINDS = [
  "/apis/karpenter.sh/v1/nodepools",
  "/apis/karpenter.k8s.aws/v1/ec2nodeclasses",
  "/apis/kueue.x-k8s.io/v1beta2/clusterqueues",
  "/apis/kueue.x-k8s.io/v1beta2/resourceflavors",
  "/apis/kueue.x-k8s.io/v1beta2/cohorts",
  "/apis/kueue.x-k8s.io/v1beta2/workloadpriorityclasses",
  "/apis/external-secrets.io/v1/clustersecretstores",
  "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
] as const;

/** What a destroyed environment has left in the cluster, one line each. */
export async function leftInCluster(kube: Kube, allowed: readonly string[]): Promise<string[]> {
  const namespaces = (await kube.get("/api/v1/namespaces"))["items"] as { metadata: { name: string } }[];
  const foreign = namespaces
    .map(({ metadata }) => metadata.name)
    .filter((name) => !OWN_NAMESPACES.has(name) && !allowed.includes(name));
  const objects = await Promise.all(
    CLUSTER_KINDS.map(async (path) => {
      const list = await kube.find(path);
      return ((list?.["items"] ?? []) as { metadata: { name: string } }[]).map(
        ({ metadata }) => `${path.split("/").at(-1)} ${metadata.name}`,
      );
    }),
  );
  return [...foreign.map((name) => `namespace ${name}`), ...objects.flat()];
}

/** Files below the given folders that hold one of the secrets, in plain text or as base64, and the number of files that were read. */
export function leaks(folders: readonly string[], secrets: readonly string[]): { files: number; leaked: string[] } {
  const wanted = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -2)]);
  let files = 0;
  const leaked: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const at = join(path, entry.name);
      if (entry.isDirectory()) {
        walk(at);
      } else if (entry.isFile() && statSync(at).size < 256 * 2 ** 20) {
        files += 1;
        const content = readFileSync(at);
        if (wanted.some((text) => content.includes(text))) {
          leaked.push(at);
        }
      }
    }
  };
  folders.filter(existsSync).forEach(walk);
  return { files, leaked };
}
