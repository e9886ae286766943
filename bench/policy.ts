import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { planEnvironment } from "#plan/environment";
import { asked, type Handed, startPack } from "#test/harness/policy-pack";

/** What the policy pack adds to a preview. */
export interface PolicyRun {
  /** Until the pack serves. */
  boot: number;
  /** Each resource by itself, as the engine asks, and then all of them together. */
  analysis: number;
}

/** Holds resources of prod, as often as it takes to make so many, against the pack in its own process, by the engine's protocol. */
export async function policyPack(count: number): Promise<PolicyRun> {
  const resources = await likeProd(count);
  const config = JSON.parse(readFileSync(join(PROJECT_FOLDER, "policies", "env", "prod.json"), "utf8"));
  resources.forEach(asked);
  let began = performance.now();
  const lap = (): number => {
    const seconds = (performance.now() - began) / 1000;
    began = performance.now();
    return seconds;
  };
  const pack = await startPack(join(PROJECT_FOLDER, "policies"));
  try {
    await pack.configure(config);
    const boot = lap();
    for (const resource of resources) {
      await pack.remediate(resource);
      await pack.analyze(resource);
    }
    await pack.analyzeStack(resources);
    return { boot, analysis: lap() };
  } finally {
    await pack.stop();
  }
}

/** Namespaces of a team, in any text: two objects of one stack never have the same name in the same one. */
const OF_TEAM = /\b(models|team)-risk\b/g;

/** Prod, and on top of it the same again for as many teams as it takes. */
async function likeProd(count: number): Promise<Handed[]> {
  const { layers } = await planEnvironment("prod");
  const golden = layers.flatMap(({ layer, resources }) => resources.map((resource) => ({ layer, resource })));
  return Array.from({ length: count }, (_, index) => {
    const { layer, resource } = golden[index % golden.length] as (typeof golden)[number];
    const { type, name, protect, ignoreChanges, dependencies } = resource;
    const copy = Math.floor(index / golden.length);
    const inputs = JSON.parse(JSON.stringify(resource.inputs).replaceAll(OF_TEAM, `$&-${copy}`));
    return { type, name: `${name}-${copy}`, stack: `${layer}-prod`, inputs, protect, ignoreChanges, dependencies };
  });
}
