import { describe, expect, it } from "vitest";
import { costOf } from "#plan/cost";
import type { EnvironmentPlan } from "#plan/environment";
import { graphOf } from "#plan/graph";
import { placeBands } from "#plan/views/layout";
import { inside, layer, planOf, registered, sample } from "./sample.ts";

const graph = (plan: EnvironmentPlan) => graphOf(plan, costOf(plan));
const rooms = (plan: EnvironmentPlan) =>
  graph(plan).rooms.map(({ layer: name, bands, between }) => ({
    name,
    bands: bands.map(({ boxes, arrows }) => ({ boxes: boxes.map((box) => box.name), arrows: arrows.map(words) })),
    between: between.map(words),
  }));
const words = ({ from, to }: { from: string; to: string }): string => `${from.split("/")[1]} → ${to.split("/")[1]}`;

describe("graphOf", () => {
  it("has a room a layer and a box a component, with what it makes and costs", () => {
    const [foundation] = graph(sample()).rooms;
    expect(
      foundation?.bands[0]?.boxes.map(({ id, type, kind, resources, monthly }) => [id, type, kind, resources.length, monthly]),
    ).toEqual([
      ["foundation/data-key", "EncryptionKey", "keys", 1, 1],
      ["foundation/data", "ObjectStore", "storage", 2, 0],
      ["foundation/network", "Network", "network", 1, 0.045 * 730],
      ["foundation/budget", "MonthlyBudget", "cost", 1, 0],
    ]);
  });

  it("lifts dependencies to the components and leaves out what follows from others", () => {
    // network needs data-key as well, by its gateway: that follows from data-key → data → network.
    expect(rooms(sample())[0]).toEqual({
      name: "foundation",
      bands: [{ boxes: ["data-key", "data", "network", "budget"], arrows: ["data-key → data", "data → network"] }],
      between: [],
    });
  });

  it("parts a layer by a provider that waits for something in it", () => {
    const release = (component: string, name: string, dependencies: string[] = []) => ({
      ...inside(component, "kubernetes:helm.sh/v3:Release", name, {}, dependencies),
      provider: "cluster",
    });
    const plan = planOf([
      layer("platform", [
        registered("millrace:cluster:Cluster", "cluster"),
        inside("millrace:cluster:Cluster cluster", "aws:eks/cluster:Cluster", "cluster"),
        registered("millrace:cluster:Nodes", "nodes", { dependencies: ["cluster"] }),
        registered("millrace:access:Rule", "rule", { dependencies: ["cluster"] }),
        // Named like the cluster itself: what depends on `cluster` means the component.
        registered("pulumi:providers:kubernetes", "cluster", { dependencies: ["nodes"] }),
        registered("millrace:mesh:Mesh", "mesh"),
        release("millrace:mesh:Mesh mesh", "mesh-istiod", ["cluster", "rule"]),
        registered("millrace:mesh:Gateway", "gateway", { dependencies: ["mesh-istiod"] }),
      ]),
    ]);
    expect(rooms(plan)[0]).toEqual({
      name: "platform",
      bands: [
        { boxes: ["cluster", "nodes", "rule"], arrows: ["cluster → nodes", "cluster → rule"] },
        { boxes: ["mesh", "gateway"], arrows: ["mesh → gateway"] },
      ],
      between: ["rule → mesh"],
    });
    expect(graph(plan).rooms[0]?.bands.map(({ through }) => through)).toEqual([undefined, "kubernetes"]);
  });

  it("ends where components need each other in a circle", () => {
    const plan = planOf([
      layer("foundation", [
        registered("millrace:a:A", "a", { dependencies: ["b"] }),
        registered("millrace:b:B", "b", { dependencies: ["a"] }),
      ]),
    ]);
    expect(rooms(plan)[0]?.bands[0]?.arrows).toEqual(["b → a", "a → b"]);
  });

  it("sees that a layer builds on another by what it was handed", () => {
    const plan = planOf([
      layer("foundation", [], { network: { vpcId: "vpc-0123456789abcdef0" }, roles: {} }),
      layer("platform", [registered("aws:ec2/subnet:Subnet", "a", { inputs: { vpcId: "vpc-0123456789abcdef0" } })], {
        uri: "http://tracking.svc",
      }),
      layer("workloads", [
        registered("kubernetes:core/v1:ConfigMap", "b", { inputs: { data: { uri: "http://tracking.svc/x" } } }),
      ]),
    ]);
    expect(graph(plan).handovers).toEqual([
      { from: "foundation", to: "platform", keys: ["network", "roles"] },
      { from: "platform", to: "workloads", keys: ["uri"] },
    ]);
  });
});

describe("placeBands", () => {
  it("puts no box over another, and every arrow from a right side to a left one", () => {
    for (const { bands } of graph(sample()).rooms) {
      for (const { boxes, arrows } of placeBands(bands)) {
        const corners = [...boxes.values()];
        const overlaps = corners.filter((a, index) =>
          corners.some((b, other) => other > index && Math.abs(a.x - b.x) < 188 && Math.abs(a.y - b.y) < 58),
        );
        expect(overlaps).toEqual([]);
        for (const { arrow, points } of arrows) {
          expect(points[0]?.x).toBe((boxes.get(arrow.from)?.x ?? 0) + 188);
          expect(points.at(-1)?.x).toBe(boxes.get(arrow.to)?.x);
        }
      }
    }
  });
});
