import { dirname, join } from "node:path";
import type { Image } from "#rehearsal/cluster/nodes/containers/images";
import { cacheName, complete, defaultCache, publish } from "#toolchain/cache";
import { installWithPip, type PipTool } from "#toolchain/pip";
import { pythonTag, requirementsOf } from "#toolchain/python";
import type { Ground } from "./ground.ts";

/** The newest MLflow of the minor version before ours. Its packages lie over ours, so that three are fetched (17 MB) and not ninety. */
export const EARLIER = {
  version: "3.16.1",
  purpose: "what an upgrade begins with",
  recipe: { kind: "python", requirements: "images/mlflow/earlier/requirements.txt" },
  binaries: { python: { file: "python" } },
  seconds: 20,
} as const satisfies PipTool;

/** Where the packages of ours lie in its image. */
const BELOW = "/opt/mlflow-ours";

/** Its image, of the packages in the cache of tools. */
export async function earlierImage(ground: Ground): Promise<Image> {
  const image = ground.imageOf([await provideEarlierMlflow()], "mlflow-earlier");
  return {
    ...image,
    folders: { ...image.folders, [BELOW]: dirname(ground.tools.mlflow.commands.python[0]) },
    env: { ...image.env, PYTHONPATH: BELOW },
  };
}

/** Its Python, from the cache of tools; what is not there yet is fetched, for which a namespace has no network. */
export async function provideEarlierMlflow(): Promise<string> {
  const { version, recipe } = EARLIER;
  const cache = defaultCache();
  const label = `mlflow-earlier-${version}`;
  const folder = join(cache, "tools", await cacheName(`${label}-${await pythonTag()}`, requirementsOf(recipe), recipe));
  if (!(await complete(folder, ["python"]))) {
    const log = join(cache, "logs", `${label}.log`);
    await publish(folder, ["python"], (draft) => installWithPip(label, EARLIER, draft, { log }));
  }
  return join(folder, "python");
}
