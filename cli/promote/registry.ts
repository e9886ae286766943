import { ArtifactError } from "#promotion/artifacts/artifact-error";
import { RegistryError } from "#promotion/registry/mlflow";
import { registryOf, type Told, tellRegistry } from "#promotion/registry/tell";
import { FILES } from "#stacks/inputs/files";
import { BadInput } from "../bad-input.ts";
import { printJson, say, sayBeside } from "../say.ts";
import { type Work, workOn } from "./target.ts";

/** Exit code where an environment runs what was wanted, and its registry does not say so. */
const EXIT_UNTOLD = 15;

/** `promote registry`. */
export async function registry({ to, json = false }: { to: string; json?: boolean }): Promise<void> {
  const work = workOn(to, json);
  if (registryOf(work.target) === undefined) {
    throw new BadInput(`${FILES.promotion}: registries.${to} must be the address of the tracking server of ${to}, got nothing`);
  }
  const told = await toldRegistry(work, json);
  if (json && told !== undefined) {
    printJson(told);
  }
}

/**
 * Tells the registry of an environment what is stable there, after whatever may have changed it.
 *
 * @returns what it says now; nothing where no registry is named, or it was not told: a message and the exit code say why.
 */
export async function toldRegistry({ target, step }: Work, json: boolean): Promise<Told[] | undefined> {
  const url = registryOf(target);
  if (url === undefined) {
    return undefined;
  }
  try {
    return await step("registry", () => tellRegistry(target, url), textOf);
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof ArtifactError)) {
      throw error;
    }
    const { environment } = target;
    const tell = json ? sayBeside : say;
    tell(
      `\nthe registry of ${environment} does not say what is stable there: ${error.message}\nwhat serves is as it should be; tell the registry with  npx millrace promote registry --to ${environment}`,
    );
    process.exitCode ||= EXIT_UNTOLD;
    return undefined;
  }
}

const textOf = (told: readonly Told[]): string =>
  told.map(({ model, version, number }) => `${model} ${version} is the champion, number ${number} there`).join(" · ") ||
  "nothing is stable yet";
