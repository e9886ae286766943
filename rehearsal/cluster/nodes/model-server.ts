import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Command } from "#toolchain/locate";
import type { Image } from "./containers/images.ts";

/** Folder of this project that the image is built from. */
const SOURCES = join(PROJECT_FOLDER, "images", "model-server");
/** Where its sources and its packages lie in the image: a container sees no folder of temporary files, in which they may lie here. */
const [CODE, PACKAGES] = ["/opt/model-server", "/opt/packages"];

/** The variables of its Dockerfile. */
const OF_IMAGE = {
  PYTHONUNBUFFERED: "1",
  PYTHONDONTWRITEBYTECODE: "1",
  HOME: "/tmp",
  MODEL_DIR: "/models",
  PORT: "8080",
  GRPC_PORT: "8081",
};

/**
 * Our model server's image: its own sources with the packages that it pins.
 *
 * @param python of the tool `model-server`: the program beside its packages.
 * @param folder for its programs.
 * @param store how it finds the model store.
 */
export function modelServerImage([python]: Command, folder: string, store: Readonly<Record<string, string>>): Image {
  const programs = { "fetch-model": "fetch_model", "model-server": "model_server", "compare-answers": "compare_answers" };
  mkdirSync(folder, { recursive: true });
  const files = Object.entries(programs).map(([name, module]) => {
    const file = join(folder, name);
    const script = `#!/bin/sh\nPYTHONPATH=${CODE} exec ${PACKAGES}/${basename(python)} -m ${module} "$@"\n`;
    writeFileSync(file, script, { mode: 0o755 });
    return [`/usr/local/bin/${name}`, file] as const;
  });
  return {
    entrypoint: ["model-server"],
    files: Object.fromEntries(files),
    folders: { [CODE]: SOURCES, [PACKAGES]: dirname(python) },
    env: { ...store, ...OF_IMAGE },
  };
}
