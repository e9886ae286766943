import { realpathSync } from "node:fs";
import { join } from "node:path";
import { answers, type Process } from "../cluster/controlplane/processes.ts";
import { NETWORK } from "../cluster/isolation/addresses.ts";

const ADDRESS = `${NETWORK.modelStore}:9000`;

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
  command: [program, "-listen", ADDRESS, "-bucket", bucket, "-folder", realpathSync(folder)],
  ready: () => answers(`http://${ADDRESS}/${bucket}?list-type=2`),
});

/** How a pod finds it: on AWS it has a role in place of the key, and no address. */
export const STORE_VARIABLES = {
  AWS_ACCESS_KEY_ID: "rehearsal",
  AWS_SECRET_ACCESS_KEY: "rehearsal",
  AWS_ENDPOINT_URL_S3: `http://${ADDRESS}`,
} as const;
