// Run by cluster.e2e.test.ts: gives the objects of the components to a real API server and to the real Argo Rollouts, in a network of
// its own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startControlPlane } from "#rehearsal/cluster/controlplane/control-plane";
import { applyDefinitions } from "#rehearsal/cluster/controlplane/crds";
import { Processes } from "#rehearsal/cluster/controlplane/processes";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import { isInside, setUp } from "#rehearsal/cluster/isolation/inside";
import { provideProjectFiles } from "#toolchain/projects";
import { provideTools } from "#toolchain/toolchain";
import { admissionVerdicts } from "./admission.ts";
import { releaseAll } from "./releases.ts";

const [folder = ""] = process.argv.slice(2);

async function judge(): Promise<void> {
  const { controlplane, rollouts } = await provideTools(["controlplane", "rollouts"]);
  const processes = new Processes(join(folder, "logs"));
  const { kube, kubeconfigPath } = await startControlPlane(controlplane.commands, folder, processes);
  const definitions = (await provideProjectFiles()).definitions.filter(({ source }) =>
    ["argo-rollouts", "istio"].includes(source),
  );
  await applyDefinitions(
    kube,
    definitions.map(({ path }) => path),
  );
  const admission = await admissionVerdicts(kube);
  const releases = await releaseAll(kube, processes, { command: rollouts.commands["rollouts-controller"], kubeconfigPath });
  // Next to the folder, which goes with the namespace.
  writeFileSync(`${folder}.json`, JSON.stringify({ admission, releases }));
  await processes.stopAll();
}

if (isInside()) {
  setUp();
  await judge();
  process.exit(0);
} else {
  process.exitCode = await enterNamespace({
    folder,
    environment: "dev",
    argv: process.argv.slice(1),
    signal: new AbortController().signal,
  });
}
