// Run by tracking.e2e.test.ts as the first process of a namespace: the tracking server of dev on a cluster, with all that it needs of AWS.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { interruption } from "#cli/interrupt";
import { certificateAuthorityOf } from "#components/database/authorities";
import { NAME } from "#components/tracking/pod";
import { planEnvironment, stackConfig } from "#plan/environment";
import { type ClusterTools, RehearsalCluster } from "#rehearsal/cluster/cluster";
import type { Kube, KubeObject } from "#rehearsal/cluster/controlplane/kube";
import { TOKEN_ISSUER } from "#rehearsal/cluster/controlplane/token-issuer";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import { type Inside, isInside, setUp } from "#rehearsal/cluster/isolation/inside";
import { storeIn } from "#rehearsal/model-store/model-store";
import { trainVersions } from "#rehearsal/model-store/train";
import { readBack, refuseAll, strangers } from "#rehearsal/tracking/checks";
import { killServer } from "#rehearsal/tracking/kill";
import { clientVariables, jobsOf, openService, SERVICE, withToken } from "#rehearsal/tracking/server";
import type { FoundationOutputs } from "#stacks/contracts";
import { profiles } from "#stacks/inputs/environments/index";
import { provideProjectFiles } from "#toolchain/projects";
import { provideTools } from "#toolchain/toolchain";

const [folder = ""] = process.argv.slice(2);

/** Kinds without which the server does not run, in the order in which they are needed. */
const KINDS = [
  "PriorityClass",
  "Namespace",
  "ServiceAccount",
  "ConfigMap",
  "Password",
  "ExternalSecret",
  "Job",
  "Deployment",
  "Service",
];

async function story({ hosts }: Inside): Promise<object> {
  const tools = await provideTools(["controlplane", "model-server", "model-store", "mlflow", "postgres"]);
  // As a rehearsal tells it to the program.
  process.env["MILLRACE_REHEARSAL_ISSUER"] = TOKEN_ISSUER;
  const { definitions } = await provideProjectFiles();
  const { layers } = await planEnvironment("dev");
  const { database, stores } = layers[0]!.outputs as unknown as FoundationOutputs;
  const region = String(stackConfig("platform", "dev").config["millrace:region"]);
  const { instanceType, min: nodes } = profiles.dev.cluster.system;
  const cluster = await RehearsalCluster.start({
    folder,
    tools: {
      controlplane: tools.controlplane.commands,
      python: tools["model-server"].commands.python,
      mlflow: tools.mlflow.commands.python,
      postgres: tools.postgres.commands,
      modelStore: tools["model-store"].path,
    } as unknown as ClusterTools,
    crds: definitions.filter(({ source }) => source === "external-secrets").map(({ path }) => path),
    system: { instanceType, nodes },
    zones: [`${region}a`],
  });
  const { kube } = cluster;
  await cluster.startDatabase(database, certificateAuthorityOf(region)!, hosts);
  await cluster.startArtifactStore(stores.artifacts.name);
  const objects = layers[1]!.resources.flatMap(({ type, inputs }) => {
    const [, group = "", kind = ""] = /^kubernetes:([^:]+):(\w+)$/.exec(type) ?? [];
    const object = { ...inputs, apiVersion: group.replace(/^core\//, ""), kind } as KubeObject;
    const ours =
      object.metadata?.namespace === NAME || kind === "PriorityClass" || (kind === "Namespace" && object.metadata.name === NAME);
    return ours && KINDS.includes(kind) ? [object] : [];
  });
  for (const object of objects.toSorted((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))) {
    await kube.apply(object);
    if (object.kind === "Job") {
      await until(kube, object, ({ status }) => status?.succeeded === 1);
    }
  }
  const began = performance.now();
  await until(kube, objects.find(({ kind }) => kind === "Deployment")!, ({ status }) => status?.readyReplicas === 1);
  const ready = (performance.now() - began) / 1_000;

  await openService(cluster, hosts);
  const [trainer, visitor] = [await jobsOf(kube, "risk"), await withToken(kube, "default", "default")];
  const versions = await trainVersions(
    tools["model-server"].commands.python,
    storeIn(folder),
    [
      { model: "fraud", version: "3" },
      { model: "fraud", version: "4" },
    ],
    { tracking: clientVariables(trainer) },
  );
  const first = versions[0]!;
  await refuseAll(strangers(SERVICE, trainer, visitor, first));
  const readAll = () => Promise.all(versions.map((version) => readBack(SERVICE, trainer, version)));
  await readAll();
  const changed = await readBack(SERVICE, trainer, { ...first, sha256: "0".repeat(64) }).catch((error: Error) => error.message);
  const back = await killServer(kube, SERVICE);
  await readAll();
  const memory = cluster.memory();
  await cluster.stop();
  return { ready, back, changed, memory, first };
}

async function until(kube: Kube, object: KubeObject, holds: (now: KubeObject) => boolean): Promise<void> {
  const path = await kube.pathOf(object);
  while (!holds((await kube.get(path)) as KubeObject)) {
    await sleep(100);
  }
}

if (isInside()) {
  const result = await story(setUp());
  // Beside the folder, which goes with the namespace.
  writeFileSync(join(folder, "..", "result.json"), JSON.stringify(result));
  process.exit(0);
} else {
  const outcome = await enterNamespace({ folder, environment: "dev", argv: process.argv.slice(1), signal: interruption() });
  process.exitCode = Number(outcome);
}
