import { realpathSync } from "node:fs";
import { join } from "node:path";
import { answers, type Process } from "../cluster/controlplane/processes.ts";
import { NETWORK } from "../cluster/isolation/addresses.ts";

const PORT = 9_000;

/** Folder of the models below that of a rehearsal. */
export const storeIn = (folder: string): string => join(folder, "store");

/**
 * The model store: a bucket whose objects are the files of a folder, as they are at that moment.
 *
 * @param program of the tool `model-store`.
 */
export const modelStore = (program: string, bucket: string, folder: string): Process => ({
  name: "model-store",
  // In a promotion the folder is a link, which the program would not follow.
  ...serving([program, "-bucket", bucket, "-folder", realpathSync(folder)], NETWORK.modelStore, bucket),
});

/**
 * The store of the tracking server's artifacts, which the server alone writes to.
 *
 * @param folder gets them.
 */
export const artifactStore = (program: string, bucket: string, folder: string): Process => ({
  name: "artifact-store",
  ...serving([program, "-bucket", bucket, "-folder", folder, "-writable"], NETWORK.artifactStore, bucket),
});

const serving = (command: readonly string[], address: string, bucket: string): Pick<Process, "command" | "ready"> => ({
  command: [...command, "-listen", `${address}:${PORT}`],
  ready: () => answers(`http://${address}:${PORT}/${bucket}?list-type=2`),
});

/** How a pod finds a store: on AWS it has a role in place of the key, and no address. */
const variablesOf = (address: string) =>
  ({
    AWS_ACCESS_KEY_ID: "rehearsal",
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_ENDPOINT_URL_S3: `http://${address}:${PORT}`,
  }) as const;

/** How a pod finds the model store, and how the tracking server finds the store of its artifacts. */
export const STORE_VARIABLES = variablesOf(NETWORK.modelStore);
export const ARTIFACT_VARIABLES = variablesOf(NETWORK.artifactStore);
