import { readFileSync } from "node:fs";
import { join } from "node:path";
import { phase } from "../phase.ts";
import { leaks } from "./leftovers.ts";

/** Secrets beside those of the environment itself, and what was written beside it. */
export interface Beside {
  secrets: readonly string[];
  folders: readonly string[];
  /** What the secrets are, and what lies in the folders. */
  names: { secrets: string; folders: string };
}

/** The secrets that were put into the stack config, looked for in everything that was written. */
export const secretsWith = (beside?: () => Beside) =>
  phase({
    name: "secrets",
    summary: "looks for the secrets of the stack config in all files of state, config, logs and temporary files",
    needs: ["project", "workloads"],
    run: async ({ workspace, inside }) => {
      const other = beside?.();
      // Not in etcd's files: a Secret object is the place from which a pod reads it.
      const passphrase = readFileSync(join(inside.folder, "passphrase"), "utf8");
      const all = [...workspace.secrets, passphrase, ...(other?.secrets ?? [])];
      const own = ["state", "logs", "pulumi", "tmp"].map((name) => join(inside.folder, name));
      const { files, leaked } = leaks([...own, workspace.project, ...(other?.folders ?? [])], all);
      if (leaked.length > 0) {
        throw new Error(`no file may hold a secret in plain text, found them in ${leaked.join(", ")}`);
      }
      const what = ["stack config, passphrase", other?.names.secrets].filter(Boolean).join(", ");
      const where = ["state, config, logs", other?.names.folders].filter(Boolean).join(", ");
      return { detail: `${all.length} secrets (${what}) found in plain text in 0 of ${files} files of ${where}` };
    },
  });

export const secrets = secretsWith();
