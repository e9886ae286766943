import type { Engine } from "#engine/engine";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Files } from "./files.ts";
import { filesOf } from "./files-of.ts";

/** A stack, and the files that a self-managed backend keeps of it. */
export interface StackFiles {
  stack: string;
  /** As checkpoints name it: `organization/<project>/<stack>`. */
  fullName: string;
  files: Files;
  /** Folder of its locks. */
  locks: string;
  /** Its checkpoint: the state. `.gz` where it is compressed. */
  checkpoint: string;
  /** Folders with a checkpoint of each operation that has ended. */
  history: string;
  backups: string;
}

/** Stack of a layer. */
export const stackOf = (layer: Layer, environment: EnvironmentName): string => `${layer}-${environment}`;

/** Where the files of an environment's stacks lie; `undefined` where the backend is not self-managed, in a folder or in S3. */
export async function stackFilesIn(engine: Engine): Promise<((stack: string) => Promise<StackFiles>) | undefined> {
  const { url, project } = await engine.backend();
  const files = filesOf(url);
  return files && ((stack) => stackFiles(files, project, stack));
}

/** The files of one stack. */
export async function stackFiles(files: Files, project: string, stack: string): Promise<StackFiles> {
  const plain = `.pulumi/stacks/${project}/${stack}.json`;
  const stored = await files.list(`.pulumi/stacks/${project}`);
  return {
    stack,
    fullName: `organization/${project}/${stack}`,
    files,
    locks: `.pulumi/locks/organization/${project}/${stack}`,
    checkpoint: !stored.includes(plain) && stored.includes(`${plain}.gz`) ? `${plain}.gz` : plain,
    history: `.pulumi/history/${project}/${stack}`,
    backups: `.pulumi/backups/${project}/${stack}`,
  };
}
