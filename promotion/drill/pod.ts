// Runs a program in the cluster as garbage collection runs: the same image, account, network and way to the database.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { COLLECTION } from "#components/tracking/collection";
import { NAME } from "#components/tracking/pod";
import { MachineError } from "#toolchain/errors";
import { kubectl } from "../rollouts/kubectl.ts";

const ADDRESS = "MLFLOW_BACKEND_STORE_URI";

const container = z.looseObject({ env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })) });
const cronJob = z.object({
  spec: z.object({
    jobTemplate: z.object({
      spec: z.object({
        template: z.looseObject({ metadata: z.unknown(), spec: z.looseObject({ containers: z.tuple([container]) }) }),
      }),
    }),
  }),
});
type Template = z.infer<typeof cronJob>["spec"]["jobTemplate"]["spec"]["template"];

const job = z.object({ status: z.object({ succeeded: z.number(), failed: z.number() }).partial().prefault({}) });

/** Most seconds that a program may take: a database of some hundred million rows is read in less. */
const LIMIT = 3_600;

/** Pods of the tracking server's namespace, in the cluster of the current kubeconfig. */
export class TrackingPods {
  readonly #template: Template;

  private constructor(template: Template) {
    this.#template = template;
  }

  /** @throws {MachineError} when the cluster does not answer, or has no tracking server. */
  static async find(): Promise<TrackingPods> {
    const found = cronJob.safeParse(JSON.parse(await kubectl("-n", NAME, "get", "cronjob", COLLECTION, "-o", "json")));
    if (!found.success) {
      throw new MachineError(
        `The CronJob ${COLLECTION} must be as the platform has made it: ${found.error.issues[0]?.path.join(".")} is another.`,
        "Run `pulumi up` of the platform.",
      );
    }
    return new TrackingPods(found.data.spec.jobTemplate.spec.template);
  }

  /** Host of the database that the tracking server uses. */
  get host(): string {
    const [{ env }] = this.#template.spec.containers;
    return /@([^:/]+):/.exec(env.find(({ name }) => name === ADDRESS)?.value ?? "")?.[1] ?? "";
  }

  /**
   * Runs a Python program in a pod of its own, which is gone afterwards.
   *
   * @param host of the database. @default - that of the server
   * @returns what it has said.
   * @throws {MachineError} when it fails, with what it said last.
   */
  async run(program: string, host: string = this.host): Promise<string> {
    const name = `${NAME}-drill-${randomBytes(4).toString("hex")}`;
    await this.#create(name, program, host);
    try {
      const succeeded = await ended(name);
      const said = await kubectl("-n", NAME, "logs", `job/${name}`, "--tail=-1");
      if (!succeeded) {
        throw new MachineError(
          `The pod of job ${name} failed: ${said.trim().split("\n").at(-1) || "it said nothing"}.`,
          `Look at the others: kubectl -n ${NAME} get pods,jobs,events.`,
        );
      }
      return said;
    } finally {
      await kubectl("-n", NAME, "delete", "job", name, "--wait=false", "--ignore-not-found");
    }
  }

  async #create(name: string, program: string, host: string): Promise<void> {
    const { metadata, spec } = this.#template;
    const [{ env, ...own }] = spec.containers;
    const address = (value = "") => value.replace(`@${this.host}:`, `@${host}:`);
    const moved = env.map((each) => (each.name === ADDRESS ? { ...each, value: address(each.value) } : each));
    const containers = [{ ...own, name: "drill", command: ["python", "-c", program], env: moved }];
    const object = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace: NAME },
      // Where nobody comes back for it.
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: LIMIT,
        ttlSecondsAfterFinished: LIMIT,
        template: { metadata, spec: { ...spec, containers } },
      },
    };
    const folder = mkdtempSync(join(tmpdir(), "millrace-drill-"));
    try {
      writeFileSync(join(folder, "job.json"), JSON.stringify(object));
      await kubectl("create", "-f", join(folder, "job.json"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/** Waits for a Job. @returns whether it has succeeded. */
async function ended(name: string): Promise<boolean> {
  for (;;) {
    const { status } = job.parse(JSON.parse(await kubectl("-n", NAME, "get", "job", name, "-o", "json")));
    if ((status.succeeded ?? 0) + (status.failed ?? 0) > 0) {
      return status.succeeded === 1;
    }
    await sleep(1_000);
  }
}
