import * as pulumi from "@pulumi/pulumi";
import type { DeclaredRelease } from "#components/pods/chart-pods";
import { NOTES, note, noteValues } from "../charts/recorded.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Notes the pods and the values of every release that the running program declares. The releases stay as they are. */
export function noteReleases(): void {
  const folder = process.env[NOTES];
  if (folder === undefined) {
    throw new Error(`${NOTES} must name a folder`);
  }
  pulumi.runtime.registerStackTransformation(({ type, props }) => {
    if (type === RELEASE) {
      note(folder, props as DeclaredRelease);
      // Nested values become known with those of the resource itself, which is sent only then.
      pulumi.output(props as DeclaredRelease).apply((release) => noteValues(folder, release));
    }
    return undefined;
  });
}
