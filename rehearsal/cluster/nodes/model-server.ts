import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Command } from "#toolchain/locate";
import type { Image } from "./containers/images.ts";

/** Folder of this project that the image is built from. */
const SOURCES = join(PROJECT_FOLDER, "images", "model-server");

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
 * @param folder for its programs.
 * @param store how it finds the model store.
 */
export function modelServerImage(python: Command, folder: string, store: Readonly<Record<string, string>>): Image {
  const programs = { "fetch-model": "fetch_model", "model-server": "model_server" };
  mkdirSync(folder, { recursive: true });
  const files = Object.entries(programs).map(([name, module]) => {
    const file = join(folder, name);
    const words = [...python, "-m", module].map((word) => `'${word}'`).join(" ");
    writeFileSync(file, `#!/bin/sh\nPYTHONPATH='${SOURCES}' exec ${words} "$@"\n`, { mode: 0o755 });
    return [`/usr/local/bin/${name}`, file] as const;
  });
  return {
    entrypoint: ["model-server"],
    files: Object.fromEntries(files),
    env: { ...store, ...OF_IMAGE },
  };
}
