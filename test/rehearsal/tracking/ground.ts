// PostgreSQL, a store of artifacts, and pods of the tracking server of dev, without a cluster: for the programs of the tests beside it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { interruption } from "#cli/interrupt";
import { certificateAuthorityOf } from "#components/database/authorities";
import { ADMIN } from "#components/tracking/configuration";
import { URI } from "#components/tracking/exposure";
import { NAME } from "#components/tracking/pod";
import { KEY, KEYS_SECRET } from "#components/tracking/secrets";
import { planEnvironment, stackConfig } from "#plan/environment";
import type { Json, Kube, KubeObject } from "#rehearsal/cluster/controlplane/kube";
import { Processes } from "#rehearsal/cluster/controlplane/processes";
import { NETWORK, ownPodAddresses } from "#rehearsal/cluster/isolation/addresses";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import { type Inside, isInside, setUp } from "#rehearsal/cluster/isolation/inside";
import type { Image } from "#rehearsal/cluster/nodes/containers/images";
import { mlflowImage } from "#rehearsal/cluster/nodes/mlflow";
import { Vault } from "#rehearsal/cluster/vault";
import { makeDatabase } from "#rehearsal/database/database";
import { ARTIFACT_VARIABLES, artifactStore } from "#rehearsal/model-store/model-store";
import { type Caller, withPassword } from "#rehearsal/tracking/server";
import type { FoundationOutputs } from "#stacks/contracts";
import { run as runHere } from "#toolchain/command";
import type { Command } from "#toolchain/locate";
import { provideTools } from "#toolchain/toolchain";
import { Pod } from "./pod.ts";

const toolsOf = () => provideTools(["model-server", "model-store", "mlflow", "postgres"]);

/** What a pod has ended with. */
export interface Ended {
  succeeded: boolean;
  /** What its containers have said, in their order. */
  said: string;
}

/** Everything that the tracking server of dev needs, as the plan declares it. */
export class Ground {
  readonly folder: string;
  readonly hosts: Inside["hosts"];
  readonly tools: Awaited<ReturnType<typeof toolsOf>>;
  readonly database: FoundationOutputs["database"];
  readonly processes: Processes;
  /** Image of the tracking server, in the version that we deploy. */
  readonly image: Image;
  readonly #objects: readonly KubeObject[];
  readonly #vault = new Vault();
  readonly #addresses = ownPodAddresses();
  #pods = 0;

  private constructor(
    { hosts }: Inside,
    folder: string,
    tools: Ground["tools"],
    layers: Awaited<ReturnType<typeof planEnvironment>>["layers"],
  ) {
    this.folder = folder;
    this.hosts = hosts;
    this.tools = tools;
    this.database = (layers[0]!.outputs as unknown as FoundationOutputs).database;
    this.processes = new Processes(join(folder, "logs"));
    this.image = this.imageOf(tools.mlflow.commands.python, "mlflow");
    this.#objects = layers[1]!.resources.flatMap(({ type, inputs }) => {
      const object = { ...inputs, kind: type.split(":").at(-1) } as KubeObject;
      return object.metadata?.namespace === NAME ? [object] : [];
    });
  }

  /** Starts the database and the store, and nothing of MLflow. */
  static async lay(inside: Inside, folder: string): Promise<Ground> {
    const { layers } = await planEnvironment("dev");
    const ground = new Ground(inside, folder, await toolsOf(), layers);
    const { stores } = layers[0]!.outputs as unknown as FoundationOutputs;
    await ground.#startDatabase();
    mkdirSync(ground.artifacts);
    await ground.processes.start(artifactStore(ground.tools["model-store"].path, stores.artifacts.name, ground.artifacts));
    return ground;
  }

  async #startDatabase(): Promise<void> {
    const { database, folder, hosts, processes, tools } = this;
    const password = this.#vault.managed(database.secretArn, "password");
    const place = { commands: tools.postgres.commands, folder: join(folder, "database"), password };
    const { server, certificate } = await makeDatabase({ ...database, ...place });
    const region = String(stackConfig("platform", "dev").config["millrace:region"]);
    this.#vault.standFor(certificateAuthorityOf(region)!, certificate);
    hosts.set({ [database.host]: NETWORK.database, [new URL(URI).hostname]: NETWORK.gateway });
    await processes.start(server);
  }

  /** The one account, with the password that External Secrets would have generated (rehearsal/cluster/nodes/external-secrets.ts). */
  get admin(): Caller {
    return withPassword(ADMIN, this.#password);
  }

  get #password(): string {
    return this.#vault.generated(`${NAME}/${KEYS_SECRET}/${Object.values(KEY).indexOf(KEY.admin)}`);
  }

  /** An image of MLflow, with the packages beside a Python. @param name of a folder for its programs. */
  imageOf(python: Command, name: string): Image {
    // Nobody has a token here.
    const issuerCertificate = join(this.folder, "no-issuer.crt");
    writeFileSync(issuerCertificate, "");
    return mlflowImage(python, { folder: join(this.folder, name), store: ARTIFACT_VARIABLES, issuerCertificate });
  }

  /** Folder of the database's files, and folder with the objects of the store. */
  get data(): string {
    return join(this.folder, "database", "data");
  }
  get artifacts(): string {
    return join(this.folder, "artifacts");
  }

  /** Specification of the pods of an object of the tracking server. */
  template(kind: "Deployment" | "Job" | "CronJob"): Json {
    const { spec } = this.#objects.find((object) => object.kind === kind)!;
    return structuredClone((spec.jobTemplate?.spec ?? spec).template.spec) as Json;
  }

  /** Starts a pod with the program of an image. */
  start(spec: Json, image: Image, restartPolicy: "Always" | "Never"): Pod {
    const place = { uid: `pod-${++this.#pods}`, ip: this.#addresses.shift()!, folder: join(this.folder, "pods") };
    const kube = { find: async (path: string) => this.#find(path), apply: async () => ({}) } as unknown as Kube;
    return new Pod({ ...place, spec, image, restartPolicy, kube, vault: this.#vault });
  }

  /** Runs a pod to its end. */
  async run(spec: Json, image: Image): Promise<Ended> {
    const pod = this.start(spec, image, "Never");
    await pod.until(({ outcome }) => outcome !== undefined);
    const containers = [...(spec["initContainers"] ?? []), ...spec["containers"]] as Json[];
    return { succeeded: pod.runner.outcome === "Succeeded", said: containers.map(({ name }) => pod.said(name)).join("") };
  }

  /** A pod that runs a Python program as garbage collection runs. @param host of the database. */
  program(text: string, host: string = this.database.host): Json {
    const spec = this.template("CronJob");
    const [container] = spec["containers"] as [Json];
    container["command"] = ["python", "-c", text];
    container["env"].forEach((each: Json) => (each["value"] = each["value"]?.replace(`@${this.database.host}:`, `@${host}:`)));
    return spec;
  }

  /** Runs a Python program to its end. @throws {Error} with what it said when it fails. */
  async python(text: string, host?: string, image = this.image): Promise<string> {
    const { succeeded, said } = await this.run(this.program(text, host), image);
    if (!succeeded) {
      throw new Error(said);
    }
    return said;
  }

  /** Runs a script with MLflow's client, as `admin`. @throws {Error} with what it said when it fails. */
  async client(script: string, ...args: string[]): Promise<string> {
    const [python, ...own] = this.tools["model-server"].commands.python;
    // Its standard output is the answer, and nothing else.
    const quiet = { MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true" };
    const account = {
      MLFLOW_TRACKING_URI: URI,
      MLFLOW_TRACKING_USERNAME: ADMIN,
      MLFLOW_TRACKING_PASSWORD: this.#password,
    };
    const env = { ...process.env, ...account, ...quiet };
    const { code, stdout, stderr } = await runHere(python, [...own, join(import.meta.dirname, script), ...args], { env });
    if (code !== 0) {
      throw new Error(stderr);
    }
    return stdout;
  }

  /** What the API server would have: the objects of the plan. External Secrets has written none of its Secrets yet. */
  #find(path: string): Json | undefined {
    const [, resource, name] = /\/namespaces\/[^/]+\/(\w+)(?:\/([^/]+))?$/.exec(path) ?? [];
    const all = this.#objects.filter(({ kind }) => `${kind.toLowerCase()}s` === resource);
    return name === undefined ? { items: all } : all.find(({ metadata }) => metadata.name === name);
  }
}

/** Runs a story as the first process of a namespace; what it returns lies beside the folder, which goes with the namespace. */
export async function inNamespace(story: (ground: Ground) => Promise<object>): Promise<void> {
  const [folder = ""] = process.argv.slice(2);
  if (isInside()) {
    const inside = setUp();
    const result = await story(await Ground.lay(inside, folder));
    writeFileSync(join(folder, "..", "result.json"), JSON.stringify(result));
    process.exit(0);
  }
  const outcome = await enterNamespace({ folder, environment: "dev", argv: process.argv.slice(1), signal: interruption() });
  process.exitCode = Number(outcome);
}
