import { instanceOf } from "#components/instances/instance";
import { jobsNamespace, modelsNamespace } from "#components/teams/team";
import { counted } from "#render/counted";
import { profiles } from "#stacks/inputs/environments/index";
import { models } from "#stacks/inputs/models";
import { type Teams, teams } from "#stacks/inputs/teams";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import { MODEL, SECOND_TEAM } from "../models.ts";
import { PACE } from "../pace.ts";
import { phase } from "../phase.ts";
import { clusterOf, demandFindings } from "../training/findings.ts";
import { Leases } from "../training/leases.ts";
import { train } from "../training/story.ts";
import { until } from "../until.ts";

/** Name of the pool that teams train on, in every environment. */
const POOL = "training";

/** Two teams share the GPUs: quotas, borrowing, and nodes that come when a job may start. */
export const training = phase({
  name: "training",
  summary: "trains on GPUs: a job is queued, gets new nodes, a team borrows and gives back, and nothing passes the queue",
  needs: ["control-plane", "second-team"],
  run: async ({ cluster, environment, outcome, update }) => {
    const { kube } = cluster;
    const { team: lender } = models[MODEL]!;
    const borrower = SECOND_TEAM.name;
    const people: Teams = { ...teams, [borrower]: SECOND_TEAM.spec };
    const gpusPerNode = instanceOf(profiles[environment].gpu.training.instanceType)!.gpus;
    const leases = new Leases(kube, POOL, cluster.ended);
    const namespaces = [lender, borrower].map(jobsNamespace);
    let proved: string[] = [];
    const { story, ended } = await train({
      kube,
      lender,
      borrower,
      scientistOf: (team) => cluster.as({ user: `someone-of-${team}`, groups: [people[team]!.groups.dataScientists] }),
      gpusPerNode,
      image: await trainerImage(kube, modelsNamespace(lender)),
      leases,
      whileRunning: async () => {
        proved = demandFindings(await clusterOf(kube, POOL, namespaces, gpusPerNode));
      },
      update,
    });
    outcome.training = { ...story, proved, lender, borrower };
    const { gpus, admitted, running, reclaimed } = story;
    return {
      leases,
      trained: ended,
      detail: `${counted(gpus, "GPU")} a job: admitted in ${admitted.toFixed(1)} s, on new nodes in ${running.toFixed(1)} s, taken back in ${reclaimed.toFixed(1)} s · ${proved.length} known faults absent`,
    };
  },
});

/** Longest time after which a node without pods must be gone, beyond the pool's own, seconds: Karpenter looks every 10 and thinks for 15. */
const TAIL_SECONDS = 60;

/** The jobs end and GPUs are given back. It runs well after the last job was handed in, so that others have used the time. */
export const gpusReturned = phase({
  name: "gpus-returned",
  summary: "waits until every job has trained and no GPU node is left, and counts what was bought",
  needs: ["control-plane", "training"],
  run: async ({ cluster, leases, trained, outcome, update }) => {
    update("the end of all jobs");
    await trained();
    update("the end of their nodes");
    const idle = PACE["nodeIdleSeconds"]!;
    await until(
      "the end of every node for training",
      idle + TAIL_SECONDS,
      async () => leases.open.length === 0 || undefined,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${leases.open.map(({ node, instanceType }) => node || instanceType).join(", ")}`);
    });
    const { items } = await cluster.kube.get("/api/v1/nodes?labelSelector=nvidia.com/gpu.present");
    if ((items as Json[]).length > 0) {
      throw new Error(`no GPU node may be left, there are ${(items as Json[]).map(({ metadata }) => metadata.name).join(", ")}`);
    }
    const bought = leases.all.reduce((sum, { gpus, from, to = from }) => sum + (gpus * (to - from)) / 1_000, 0);
    outcome.training = { ...outcome.training!, bought };
    return {
      detail: `every job trained to its end · 0 GPU nodes left, of ${leases.all.length} · ${bought.toFixed(0)} GPU seconds bought`,
    };
  },
});

/** An image beside that of the served model, in the registry that admission allows. */
async function trainerImage(kube: Kube, namespace: string): Promise<string> {
  const { items } = await kube.get(`/api/v1/namespaces/${namespace}/pods`);
  const [{ spec }] = items as [Json];
  return String(spec.containers[0].image).replace(/\/[^/]+@/, "/trainer@");
}
