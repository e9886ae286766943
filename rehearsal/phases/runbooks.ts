import { execFile } from "node:child_process";
import { once } from "node:events";
import { GPU } from "#components/labels";
import { modelsNamespace } from "#components/teams/team";
import { API } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { pointAt } from "#promotion/releases/write";
import { models } from "#stacks/inputs/models";
import { readPointer } from "#stacks/inputs/releases/read";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import { describe, registerNode, ZONE } from "../cluster/nodes/nodes.ts";
import { MODEL, nextVersions } from "../models.ts";
import { phase } from "../phase.ts";
import { releaseVersion } from "../releases.ts";
import { documentedCommands } from "../runbooks/documented.ts";
import { FIXTURES, filled, inOrder, type Scene, whyNot } from "../runbooks/table.ts";
import { untilAtRest } from "../served.ts";
import { trainedAs } from "./models.ts";

/** Longest time of one command, milliseconds. */
const PATIENCE = 120_000;

/** Every command that guides and runbooks tell a person to type is typed, while a release waits for its first measurement. */
export const runbooks = phase({
  name: "runbooks",
  summary: "runs every command of every guide and runbook that can run here; only when it is asked for (--only)",
  needs: ["control-plane", "project", "models", "workloads", "first-answer"],
  onRequest: true,
  run: async ({ cluster: { kube }, workspace, environment, versions, served, update }) => {
    const { team } = models[MODEL] ?? { team: "" };
    const { good: version } = nextVersions();
    const scene: Scene = { environment, model: MODEL, team, namespace: modelsNamespace(team), version };
    const all = documentedCommands(PROJECT_FOLDER);
    const commands = inOrder(all.filter((command) => whyNot(command) === undefined).map((command) => filled(command, scene)));
    const { [MODEL]: before = "" } = readPointer(environment, workspace.releases).models;
    releaseVersion(workspace.releases, environment, trainedAs(versions, MODEL, version));
    await workspace.engine.up(`workloads-${environment}`);
    await setUp(kube, scene);
    const env = { ...process.env, ...workspace.environment, PULUMI_SKIP_CONFIRMATIONS: "true" };
    const failures: string[] = [];
    for (const command of commands) {
      update(command.text);
      const said = await run(command.text, workspace.project, env);
      if (said !== undefined) {
        failures.push(`${command.at}: \`${command.text}\` failed: ${said}`);
      }
    }
    if (failures.length > 0) {
      throw new Error(`every documented command must work, ${failures.length} failed:\n${failures.join("\n")}`);
    }
    await tidyUp(kube, scene);
    pointAt(environment, MODEL, before, workspace.releases);
    await workspace.engine.up(`workloads-${environment}`);
    await untilAtRest(kube, served, 120);
    const left = all.filter((command) => whyNot(command) !== undefined).length;
    return {
      detail: `${commands.length} different commands of guides and runbooks work · ${left} cannot run here, each with its reason in the code`,
    };
  },
});

/** @returns what a command said when it failed. */
async function run(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  let said = "";
  // With a socket as its input bash may read the user's own file, which may put another `aws` first.
  const words = ["--norc", "-o", "pipefail", "-c", command];
  const child = execFile("bash", words, { cwd, env, timeout: PATIENCE, maxBuffer: 2 ** 28 });
  child.stdin?.end();
  // Pulumi tells its errors where it tells everything else.
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text) => (said += String(text)));
  }
  const [code] = (await once(child, "close")) as [number | null];
  const lines = said.trim().split("\n");
  const errors = lines.filter((line) => /error:/i.test(line));
  return code === 0 ? undefined : (errors.length > 0 ? errors : lines).slice(-3).join(" ") || `exit code ${code}`;
}

/** Objects about which there are commands, and which a rehearsal does not have otherwise. */
async function setUp(kube: Kube, { namespace, model }: Scene): Promise<void> {
  const [node] = (await kube.get("/api/v1/nodes"))["items"] as Json[];
  const room = { cpuMillis: 8_000, memoryMiB: 32_768, pods: 58, gpus: 1 };
  const taints = [{ key: GPU, value: "true", effect: "NoSchedule" }];
  await registerNode(kube, describe(FIXTURES.node, { zone: node?.["metadata"].labels[ZONE], labels: {}, taints, room }));
  await kube.apply(claim());
  const [pod] = (await kube.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${model}`))["items"] as Json[];
  const template = { metadata: { labels: {} }, spec: jobSpec(pod ?? {}) };
  const metadata = { name: FIXTURES.cronJob, namespace };
  const jobTemplate = { spec: { template } };
  await kube.apply({ apiVersion: "batch/v1", kind: "CronJob", metadata, spec: { schedule: "0 3 * * *", jobTemplate } });
  await kube.apply({ apiVersion: "batch/v1", kind: "Job", metadata: { name: FIXTURES.job, namespace }, spec: { template } });
}

/** A pod of the model as the pod of a Job: what admission lets pass. */
function jobSpec({ spec }: Json): Json {
  const { nodeName: _, ...rest } = spec;
  const [container] = rest.containers as Json[];
  return {
    ...rest,
    restartPolicy: "Never",
    containers: [{ ...container, name: "job", image: `job@${String(container?.["image"]).split("@")[1]}` }],
  };
}

/** What Karpenter would have made for the node. */
const claim = () => ({
  apiVersion: API.karpenter,
  kind: "NodeClaim",
  metadata: { name: FIXTURES.claim },
  spec: {
    nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "inference" },
    requirements: [{ key: "kubernetes.io/arch", operator: "In", values: ["amd64"] }],
  },
});

async function tidyUp(kube: Kube, { namespace }: Scene): Promise<void> {
  const batch = `/apis/batch/v1/namespaces/${namespace}`;
  const paths = [
    `/api/v1/nodes/${FIXTURES.node}`,
    `/apis/${API.karpenter}/nodeclaims/${FIXTURES.claim}`,
    `${batch}/jobs/${FIXTURES.job}`,
    // With the Job that was made from it.
    `${batch}/cronjobs/${FIXTURES.cronJob}`,
  ];
  for (const path of paths) {
    if (await kube.find(path)) {
      await kube.delete(path, { propagation: "Background" });
    }
  }
}
