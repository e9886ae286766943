import { describe, expect, it } from "vitest";
import { pinnedAs } from "#components/chart";
import { CHART_IMAGES } from "#components/chart-images";
import { CHART_REGISTRIES, registryOf } from "#components/network/registries";
import { resourcesOf } from "#plan/policy";
import { type Recorded, record } from "#plan/record";
import { evaluate, sentence } from "#policies/evaluate";
import type { Layer } from "#stacks/contracts";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { runStack } from "#stacks/layers";
import { configOf, referencesOf, STACKS, stackOf } from "../harness/stacks.ts";
import { exceptions, ruleOf } from "../policies/harness.ts";
import { TODAY } from "../policies/sample.ts";
import { CHART_NAMES, RENDERED } from "./charts/charts.ts";
import { valuesIn } from "./invariants/invariant.ts";

const MIRROR = "registry.example.com/mirror";
const OWN = /^\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com\//;
const RELEASE = "kubernetes:helm.sh/v3:Release";

/** A layer of an environment whose config names a mirror of images. */
async function mirroredStack(layer: Layer, environment: EnvironmentName): Promise<Recorded[]> {
  const { config, ...rest } = configOf(layer, environment);
  const { resources } = await record(() => runStack(`${layer}-${environment}`), {
    stack: `${layer}-${environment}`,
    references: await referencesOf(layer, environment),
    ...rest,
    config: { ...config, "millrace:images": MIRROR },
  });
  return resources;
}

const valueAt = (values: any, path: string): unknown => path.split(".").reduce((at, key) => at?.[key], values);

/** The beginnings of names that a release gives its images, by what the chart has there. */
const movedIn = ({ inputs }: Recorded): [was: string, is: unknown][] =>
  CHART_IMAGES[pinnedAs(inputs["chart"])!].map(({ path, was }) => [was, valueAt(inputs["values"], path)]);

/** Images of containers that a program writes itself. */
const imagesOf = (resources: readonly Recorded[]): unknown[] =>
  resources
    .filter(({ type }) => type.startsWith("kubernetes:") && type !== RELEASE)
    .flatMap(({ inputs }) => [...valuesIn(inputs)])
    .filter(({ key, value }) => key === "image" && typeof value === "string")
    .map(({ value }) => value);

describe.each(STACKS)("with a mirror of images, $layer-$environment", ({ layer, environment }) => {
  it("takes no image from anywhere else", async () => {
    const resources = await mirroredStack(layer, environment);
    const images = imagesOf(resources);
    expect(images.filter((image) => !OWN.test(String(image)) && !String(image).startsWith(`${MIRROR}/`))).toEqual([]);
    expect(images.length > 0).toBe(layer !== "foundation");

    const releases = resources.filter(({ type }) => type === RELEASE);
    expect(releases).toHaveLength(layer === "platform" ? CHART_NAMES.length : 0);
    expect(releases.flatMap(movedIn).filter(([was, is]) => is !== `${MIRROR}/${was}`)).toEqual([]);
  });

  it("differs in nothing but images", async () => {
    const { resources } = await stackOf(layer, environment);
    const text = (all: readonly Recorded[]) =>
      all.map(({ name, inputs }) => `${name} ${JSON.stringify(inputs)}`).toSorted(byText);
    const moved = text((await mirroredStack(layer, environment)).map(withoutImages));
    expect(moved).toEqual(text(resources.map(withoutImages)));
  });
});

const byText = (one: string, other: string): number => one.localeCompare(other);

/** A registration without the images of a chart. */
function withoutImages(recorded: Recorded): Recorded {
  if (recorded.type !== RELEASE) {
    return recorded;
  }
  const copy = structuredClone(recorded);
  for (const { path } of CHART_IMAGES[pinnedAs(copy.inputs["chart"])!]) {
    removed(copy.inputs["values"], path.split("."));
  }
  return copy;
}

/** Takes a value away, and the maps that are empty without it. */
function removed(values: any, [key = "", ...rest]: string[]): void {
  if (rest.length > 0 && values[key] !== undefined) {
    removed(values[key], rest);
  }
  if (rest.length === 0 || Object.keys(values[key] ?? { any: 0 }).length === 0) {
    delete values[key];
  }
}

describe.each(ENVIRONMENTS)("the rules about charts of %s", (environment) => {
  const said = async (resources: readonly Recorded[], images: string): Promise<string[]> => {
    const known = ruleOf("CTL-03");
    const own = { ...known, parameters: { ...known.parameters!, [environment]: { ...known.parameters![environment], images } } };
    const stack = resourcesOf({ layer: "platform", registrations: [...resources] }, environment);
    const rules = [own, ...["CTL-04", "IMG-01", "CTL-01", "CTL-02"].map(ruleOf)];
    return evaluate(stack, { rules, environment, exceptions, today: TODAY }).violations.map(sentence);
  };

  it("know every value that moves an image, and accept the mirror and nothing else", async () => {
    const resources = await mirroredStack("platform", environment);
    expect(await said(resources, MIRROR)).toEqual([]);
    const values = CHART_NAMES.flatMap((name) => CHART_IMAGES[name]);
    expect(await said(resources, "registry.example.com/other")).toHaveLength(values.length);
    // A mirror that the pack does not know is somebody's.
    expect(await said(resources, "")).toHaveLength(values.length);
  });
});

describe("the table of images", () => {
  const charts = CHART_NAMES.map((name) => [name, new Set(CHART_IMAGES[name].flatMap(({ images }) => images))] as const);

  it.each(charts)("of %s names registries that nodes may ask", (name, images) => {
    const registries = new Set([...images].map((image) => registryOf(image)));
    expect([...registries].filter((registry) => !(CHART_REGISTRIES[name] as readonly unknown[]).includes(registry))).toEqual([]);
  });

  /** Registries of charts that were read before their people had published them, and those that the published ones name. */
  const UNPUBLISHED: readonly [string, string][] = [
    ["us-central1-docker.pkg.dev/k8s-staging-images/", "registry.k8s.io/"],
    ["registry.istio.io/testing/", "docker.io/istio/"],
  ];
  /** The gateway's pods get it from istiod, when they start. */
  const INJECTED = ["docker.io/istio/proxyv2"];

  it.each(charts)("of %s has each image that the chart renders, and no other", (name, images) => {
    const rendered = RENDERED[name].images.map((image) =>
      UNPUBLISHED.reduce((all, [before, published]) => all.replace(before, published), image),
    );
    expect(new Set([...rendered, ...INJECTED.filter((image) => images.has(image))])).toEqual(images);
  });
});
