import { describe, expect, it } from "vitest";
import { CHART_REGISTRIES, readableBuckets, registryOf } from "#components/network/registries";
import { CHARTS } from "#components/versions";
import type { Recorded } from "#plan/record";
import { STACKS, stackOf } from "../../harness/stacks.ts";

/** Every image that a recorded resource names: of pods, and of values that send a chart to another registry. */
function imagesIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") {
    return key === "image" || key === "repository" || key === "registry" || key === "hub" ? [value] : [];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, each]) => imagesIn(each, Array.isArray(value) ? key : name));
}

/** A registry alone, `quay.io`, is a chart's value; a path without a host is below the chart's own registry. */
const known = (image: string): boolean => registryOf(image.includes("/") ? image : `${image}/x`) !== undefined;

const strangers = (resources: readonly Recorded[]): string[] =>
  resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap(({ type, name, inputs }) =>
      imagesIn(type.endsWith(":Release") ? inputs["values"] : inputs)
        .filter((image) => !known(image))
        .map((image) => `${name}: ${image}`),
    );

describe("image registries", () => {
  it.each(STACKS)("of $layer in $environment are all in the table", async ({ layer, environment }) => {
    expect(strangers((await stackOf(layer, environment)).resources)).toEqual([]);
  });

  it("that nobody has looked at are found", async () => {
    const { resources } = structuredClone(await stackOf("platform", "dev"));
    const chart = resources.find(({ name }) => name === "delivery-controller" || name.startsWith("delivery-"))!;
    chart.type = "kubernetes:helm.sh/v3:Release";
    chart.inputs["values"] = { controller: { image: { registry: "registry.gitlab.com" } } };
    expect(strangers(resources)).toEqual([`${chart.name}: registry.gitlab.com`]);
  });

  it("are known for every chart", () => {
    expect(Object.keys(CHART_REGISTRIES).sort()).toEqual(Object.keys(CHARTS).sort());
  });

  it("of quay.io keep layers in one region, and the endpoint of another region does not carry them", () => {
    expect(readableBuckets("us-east-1")).toContain("quayio-production-s3");
    expect(readableBuckets("eu-west-1")).not.toContain("quayio-production-s3");
  });

  it.each([
    ["ghcr.io/mlflow/mlflow:v3.17.0-full", "ghcr.io"],
    ["111111111111.dkr.ecr.eu-west-1.amazonaws.com/millrace-dev/model-server@sha256:1", "amazonaws.com"],
    ["busybox", "docker.io"],
    ["istio/proxyv2:1.31.1", "docker.io"],
    ["docker.io/istio/proxyv2", "docker.io"],
    ["localhost:5000/a", undefined],
    ["evil-quay.io/a", undefined],
    ["registry.gitlab.com/a/b", undefined],
  ])("%s comes from %s", (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });
});
