import * as pulumi from "@pulumi/pulumi";
import { profiles } from "#stacks/inputs/environments/index";
import { models } from "#stacks/inputs/models";
import { teams } from "#stacks/inputs/teams";
import { MUTANTS } from "../mutants/mutants.ts";
import { mutate } from "../mutants/transformation.ts";
import { readChanges } from "./changes.ts";
import { noteReleases } from "./charts.ts";

/** The stacks' own reading of names comes with everything else, and that is loaded last. */
const isOf = (layer: string): boolean => pulumi.getStack().startsWith(`${layer}-`);

/**
 * Entry point of a rehearsed program: adds teams and models, changes sizes, registers the mutants, notes the pods of charts, and runs the product's own entry point.
 *
 * @throws {pulumi.RunError} when the program does not declare the resource of a mutant.
 */
export default async (): Promise<object> => {
  const changes = readChanges(process.cwd());
  Object.assign(teams, changes.teams);
  Object.assign(models, changes.models);
  Object.values(profiles).forEach(({ serving }) => Object.assign(serving, changes.serving));
  const { missed } = mutate(MUTANTS.filter(({ layer, rule }) => isOf(layer) && changes.mutants.includes(rule)));
  noteReleases();
  // Loaded now: the settings know the groups of all teams from the moment at which they are loaded.
  const { default: program } = await import("#stacks/index");
  const outputs = await program();
  const [first] = missed();
  if (first) {
    const { rule, resource } = first;
    throw new pulumi.RunError(
      `the mutant for ${rule} must change ${resource.type} '${resource.name}', which does not exist in ${pulumi.getStack()}: fix rehearsal/mutants/mutants.ts`,
    );
  }
  return outputs;
};
