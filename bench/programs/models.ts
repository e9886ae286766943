import { planEnvironment, stackConfig } from "#plan/environment";
import { record } from "#plan/record";
import type { Layer } from "#stacks/contracts";
import { profiles } from "#stacks/inputs/environments/index";
import { models, type ServedModels } from "#stacks/inputs/models";
import { readSettings } from "#stacks/inputs/read-settings";
import { type Release, readRelease } from "#stacks/inputs/release";
import { workloads } from "#stacks/workloads/workloads";

/** Plans dev with as many models as the first argument says, in place of its own; prints what the workloads layer has. */
const count = Number(process.argv[2]);
const profile = profiles.dev;
const [likeness] = Object.values(models);
const release = readRelease(profile.name);
const [released] = Object.values(release.models);
if (!likeness || !released || !(count > 0)) {
  throw new Error("a model to copy and a number of copies must be there");
}
const names = Array.from({ length: count }, (_, index) => `model-${index}`);
const served: ServedModels = Object.fromEntries(names.map((name) => [name, { ...likeness, host: `${name}.models.internal` }]));
const many: Release = {
  ...release,
  models: Object.fromEntries(names.map((name) => [name, { ...released, model: name, path: `models/${name}/1` }])),
};

const { layers } = await planEnvironment(profile.name);
const outputs = (layer: Layer): Record<string, any> => layers.find((each) => each.layer === layer)?.outputs ?? {};
const stack = `workloads-${profile.name}`;
const { config, secretKeys } = stackConfig("workloads", profile.name);
const { resources } = await record(
  () => workloads({ profile, settings: readSettings("workloads", profile) }, { models: served, release: many }),
  {
    stack,
    config,
    secretKeys,
    references: {
      [`organization/millrace/foundation-${profile.name}`]: outputs("foundation"),
      [`organization/millrace/platform-${profile.name}`]: outputs("platform"),
    },
  },
);
console.log(JSON.stringify({ registrations: resources.length }));
