import * as pulumi from "@pulumi/pulumi";
import type { DeclaredRelease } from "#components/pods/chart-pods";
import { NOTES, note } from "../charts/recorded.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Notes the pods of every release that the running program declares. The releases stay as they are. */
export function noteReleases(): void {
  const folder = process.env[NOTES];
  if (folder === undefined) {
    throw new Error(`${NOTES} must name a folder`);
  }
  pulumi.runtime.registerStackTransformation(({ type, props }) => {
    if (type === RELEASE) {
      note(folder, props as DeclaredRelease);
    }
    return undefined;
  });
}
