import { phase } from "../phase.ts";
import { leaks } from "./leftovers.ts";

/** The secret that was put into the stack config, looked for in everything that was written. */
export const secrets = phase({
  name: "secrets",
  summary: "looks for the secrets of the stack config in all files of state, config, logs and temporary files",
  needs: ["project", "workloads"],
  run: async ({ workspace, inside }) => {
    // Not in etcd's files: a Secret object is the place from which a pod reads it.
    const { files, leaked } = leaks(
      [...["state", "logs", "pulumi", "tmp"].map((name) => `${inside.folder}/${name}`), workspace.project],
      workspace.secrets,
    );
    if (leaked.length > 0) {
      throw new Error(`no file may hold the secrets of the stack config in plain text, found them in ${leaked.join(", ")}`);
    }
    return {
      detail: `${workspace.secrets.length} set in stack config, found in plain text in 0 of ${files} files of state, config and logs`,
    };
  },
});
