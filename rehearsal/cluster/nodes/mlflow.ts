import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Command } from "#toolchain/locate";
import type { Image } from "./containers/images.ts";

/** Where its packages lie in the image: a container sees no folder of temporary files, in which they may lie here. */
const PACKAGES = "/opt/mlflow";

/** The variables of its Dockerfile. */
const OF_IMAGE = { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1", HOME: "/tmp" };

/**
 * MLflow's image: the packages of `images/mlflow`.
 *
 * @param python of the tool `mlflow`: the program beside its packages.
 * @param folder for its programs.
 * @param store how it finds its artifacts.
 */
export function mlflowImage([python]: Command, folder: string, store: Readonly<Record<string, string>>): Image {
  const program = `${PACKAGES}/${basename(python)}`;
  const programs = { mlflow: `${program} -m mlflow`, python: program };
  mkdirSync(folder, { recursive: true });
  const files = Object.entries(programs).map(([name, command]) => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    return [`/usr/local/bin/${name}`, file] as const;
  });
  return {
    entrypoint: ["mlflow"],
    files: Object.fromEntries(files),
    folders: { [PACKAGES]: dirname(python) },
    env: { ...store, ...OF_IMAGE },
  };
}
