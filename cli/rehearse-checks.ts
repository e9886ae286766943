// What must hold before a rehearsal begins: where it writes, and what it reads.

import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { BadInput, checkFolder, isFolder } from "./bad-input.ts";
import { homeFolder } from "./rehearsal.ts";

/** Folder of rehearsals and reports. @throws {BadInput} when it cannot be written. */
export function home(): string {
  const folder = homeFolder();
  checkFolder("MILLRACE_HOME", folder);
  return folder;
}

export const folderOf = (environment: EnvironmentName): string => join(home(), `rehearsal-${environment}`);
export const reportOf = (environment: EnvironmentName): string => join(home(), "reports", `rehearsal-${environment}.html`);

/** Report of one environment in a promotion, or of the promotion itself. */
export const promotionReport = (environment?: EnvironmentName): string =>
  join(home(), "reports", `rehearsal-promotion${environment === undefined ? "" : `-${environment}`}.html`);

export function checkTemporaryFolder(): void {
  if (!isFolder(tmpdir())) {
    throw new BadInput(`TMPDIR must be a writable folder, got '${tmpdir()}': set it to another one`);
  }
}

/** A cache that somebody filled may be read-only. */
export async function checkCache(): Promise<void> {
  const { defaultCache } = await import("#toolchain/cache");
  if (!isFolder(defaultCache())) {
    checkFolder("MILLRACE_CACHE", defaultCache());
  }
}

/** Before any tool is built. @throws {BadInput} when `millrace:charts` names no place, or archives of charts here cannot be taken. */
export async function checkCharts(environment: EnvironmentName): Promise<void> {
  const [{ checkArchives }, { findCharts }, { chartFolders, mirrorFault }, { MachineError }] = await Promise.all([
    import("#rehearsal/charts/checked"),
    import("#rehearsal/charts/found"),
    import("#rehearsal/charts/mirror"),
    import("#toolchain/errors"),
  ]);
  const fault = mirrorFault(environment);
  if (fault !== undefined) {
    throw new BadInput(fault);
  }
  await checkArchives(findCharts({ charts: [] }, chartFolders(environment))).catch((error: unknown) => {
    throw error instanceof MachineError ? new BadInput(error.message) : error;
  });
}

/** Runs what is refused where a rehearsal is, or is not, up. @throws {BadInput} when it is refused. */
export async function asBadInput<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const { IsolationError } = await import("#rehearsal/cluster/isolation/errors");
  try {
    return await work();
  } catch (error) {
    throw error instanceof IsolationError ? new BadInput(error.message) : error;
  }
}
