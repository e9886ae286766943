import { jobsNamespace } from "#components/teams/team";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import { KubeError } from "../cluster/controlplane/kube-error.ts";
import { until } from "../until.ts";
import { trainingJob } from "./job.ts";
import type { Leases } from "./leases.ts";
import { guaranteedGpus, type QueuedJob, queuedJobs } from "./queue.ts";

/** How long the jobs train, seconds: those that are stopped or waited for, and those that only must run. */
const SECONDS = { long: 20, short: 3 } as const;

/** Longest times, seconds: Kueue decides in less than a second, and a node comes within ten. A loaded machine is slower. */
const WITHIN = { decision: 30, node: 90, end: 180 } as const;

export interface TrainingOptions {
  kube: Kube;
  /** The team that lends what it does not use, and the one that borrows. */
  lender: string;
  borrower: string;
  /** A client with the rights of a team's data scientists. */
  scientistOf: (team: string) => Kube;
  /** GPUs of one node of the pool. */
  gpusPerNode: number;
  /** Image of the trainer, by digest. */
  image: string;
  leases: Leases;
  /** Called once the jobs of the borrower run. */
  whileRunning: () => Promise<void>;
  update: (text: string) => void;
}

/** What came of it. */
export interface TrainingStory {
  /** GPUs of each job. */
  gpus: number;
  /** Seconds until Kueue had admitted the first two jobs, until their pods ran on new nodes, and until the lender's job ran on what it took back. */
  admitted: number;
  running: number;
  reclaimed: number;
  /** Why the third job waited, and why a job of the borrower was stopped, in Kueue's words. */
  waited: string;
  preempted: string;
  /** Nodes that were bought, by their type. */
  nodes: Record<string, number>;
  /** What was tried round the queue, and who refused it. */
  refused: { what: string; by: string }[];
}

/** The story up to the point from which nothing new happens, and a wait until every job has trained to its end. */
export interface Training {
  story: TrainingStory;
  ended: () => Promise<void>;
}

/**
 * Two teams train on one pool: one borrows what the other leaves idle, a third job waits, and the lender takes its part back.
 *
 * @throws {Error} naming what does not hold.
 */
export async function train(options: TrainingOptions): Promise<Training> {
  const { kube, lender, borrower, scientistOf, gpusPerNode, image, leases, whileRunning, update } = options;
  const gpus = await guaranteedGpus(kube, lender);
  const each = Math.min(gpusPerNode, gpus);
  if (gpus === 0 || gpus % each !== 0) {
    throw new Error(
      `the quota of team ${lender} must be whole nodes of ${gpusPerNode} GPUs for two teams to train, it is ${gpus}`,
    );
  }
  const submit = (team: string, name: string, seconds: number): Promise<Json> => {
    const namespace = jobsNamespace(team);
    const job = trainingJob({ name, namespace, image, pods, gpus: each, seconds });
    return scientistOf(team).call("POST", `/apis/batch/v1/namespaces/${namespace}/jobs`, job);
  };
  const jobs = (team: string): Promise<Map<string, QueuedJob>> => queuedJobs(kube, jobsNamespace(team));
  const pods = gpus / each;
  const statusOf = async (team: string, name: string): Promise<{ ready?: number; succeeded?: number }> =>
    (await kube.get(`/apis/batch/v1/namespaces/${jobsNamespace(team)}/jobs/${name}`))["status"] ?? {};
  // A pod that has ended well has run.
  const ran = async (team: string, name: string): Promise<boolean> => {
    const { ready = 0, succeeded = 0 } = await statusOf(team, name);
    return ready + succeeded >= pods;
  };

  update("jobs round the queue");
  const refused = await roundTheQueue(kube, scientistOf(borrower), jobsNamespace(borrower), image);

  update(`two jobs of ${gpus} GPUs and one that must wait`);
  await submit(borrower, "own", SECONDS.long);
  await submit(borrower, "borrowed", SECONDS.long);
  const { seconds: admitted } = await until("the admission of two jobs", WITHIN.decision, async () => {
    const queued = await jobs(borrower);
    return ["own", "borrowed"].every((name) => queued.get(name)?.admitted) || undefined;
  });
  await submit(borrower, "waiting", SECONDS.short);
  const { found: waited } = await until("the reason why the third job waits", WITHIN.decision, async () => {
    const job = (await jobs(borrower)).get("waiting");
    return job?.admitted === false && job.message !== "" ? job.message : undefined;
  });
  await demandNoPods(kube, borrower, "waiting");
  const { seconds: nodes } = await until(
    "nodes for two jobs",
    WITHIN.node,
    async () => (await Promise.all(["own", "borrowed"].map((name) => ran(borrower, name)))).every(Boolean) || undefined,
  );

  await whileRunning();
  update(`team ${lender} takes its GPUs back`);
  const bought = leases.all.length;
  const began = performance.now();
  await submit(lender, "reclaiming", SECONDS.short);
  const { found: preempted } = await until("the end of a job that has borrowed", WITHIN.decision, async () =>
    [...(await jobs(borrower)).values()].find((job) => job.preempted),
  );
  await until("the lender's job", WITHIN.node, async () => (await ran(lender, "reclaiming")) || undefined);
  const reclaimed = (performance.now() - began) / 1_000;
  const stopped = [...(await jobs(borrower)).values()].filter((job) => job.preempted).length;
  if (stopped !== 1 || leases.all.length !== bought) {
    throw new Error(
      `to take ${gpus} GPUs back, one job must be stopped and no node bought; ${stopped} were stopped and ${leases.all.length - bought} bought`,
    );
  }

  const ended = async (): Promise<void> => {
    await until("the end of all jobs", WITHIN.end, async () => {
      const all = [...(await jobs(borrower)).values(), ...(await jobs(lender)).values()];
      return (all.length === 4 && all.every(({ finished }) => finished)) || undefined;
    });
    await demandSuccess(statusOf, pods, [
      ...["own", "borrowed", "waiting"].map((name) => [borrower, name] as const),
      [lender, "reclaiming"],
    ]);
  };
  const types = Map.groupBy(leases.all, ({ instanceType }) => instanceType);
  const story = {
    gpus,
    admitted,
    running: admitted + nodes,
    reclaimed,
    waited,
    preempted: preempted.message,
    nodes: Object.fromEntries([...types].map(([type, all]) => [type, all.length])),
    refused,
  };
  return { story, ended };
}

/** Kueue calls a job finished also when it has failed. */
async function demandSuccess(
  statusOf: (team: string, name: string) => Promise<{ succeeded?: number }>,
  pods: number,
  jobs: readonly (readonly [team: string, name: string])[],
): Promise<void> {
  for (const [team, name] of jobs) {
    const { succeeded = 0 } = await statusOf(team, name);
    if (succeeded !== pods) {
      throw new Error(`job ${jobsNamespace(team)}/${name} must train to its end in ${pods} pods, ${succeeded} did`);
    }
  }
}

/** What Kueue has not admitted has no pods: nothing of it buys a node. */
async function demandNoPods(kube: Kube, team: string, job: string): Promise<void> {
  const namespace = jobsNamespace(team);
  const { items } = await kube.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=job-name=${job}`);
  if ((items as Json[]).length > 0) {
    throw new Error(`job ${namespace}/${job} waits for quota and must have no pods, it has ${(items as Json[]).length}`);
  }
}

/** Ways to a GPU past the queue. Each is only asked for, and nothing is made. */
async function roundTheQueue(kube: Kube, scientist: Kube, namespace: string, image: string): Promise<TrainingStory["refused"]> {
  const job = trainingJob({ name: "round", namespace, image, pods: 1, gpus: 1, seconds: 1 });
  const tolerations = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];
  // As a queue would give it: where GPU-01 is mandatory, the pod would else be refused for the lack of it.
  const spec = { ...job["spec"].template.spec, tolerations };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "round", namespace }, spec };
  const tolerant = structuredClone(job);
  tolerant["spec"].template.spec.tolerations = tolerations;
  delete tolerant["spec"].template.spec.containers[0].resources.requests["nvidia.com/gpu"];
  delete tolerant["spec"].template.spec.containers[0].resources.limits["nvidia.com/gpu"];
  const ways = [
    { what: "a pod of a data scientist", client: scientist, object: pod, says: /cannot create resource "pods"/ },
    { what: "a pod of an administrator", client: kube, object: pod, says: /must come from a Job in a queue/ },
    {
      what: "a job that tolerates GPU nodes and asks for no GPU",
      client: scientist,
      object: tolerant,
      says: /must ask for GPUs: it would hold a GPU node/,
    },
  ];
  return Promise.all(
    ways.map(async ({ what, client, object, says }) => {
      const by = await refusal(what, client, namespace, object);
      if (!says.test(by)) {
        throw new Error(`${what} must be refused because it passes the queue, it was refused for another reason: ${by}`);
      }
      return { what, by };
    }),
  );
}

async function refusal(what: string, client: Kube, namespace: string, object: Json): Promise<string> {
  const path = object["kind"] === "Pod" ? `/api/v1/namespaces/${namespace}/pods` : `/apis/batch/v1/namespaces/${namespace}/jobs`;
  try {
    await client.call("POST", `${path}?dryRun=All`, object);
  } catch (error) {
    if (error instanceof KubeError && [403, 422].includes(error.status)) {
      return error.message;
    }
    throw error;
  }
  throw new Error(`${what} must not reach a GPU past the queue, and the API server admitted it`);
}
