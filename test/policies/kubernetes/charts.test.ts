import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { CHARTS, chartOf, repositoryOf } from "#policies/kubernetes/charts";
import { of } from "../harness.ts";

const chart = (inputs: object) => of("kubernetes:helm.sh/v3:Chart", "c", inputs);

describe("charts", () => {
  it.each([
    "kueue",
    "stable/kueue",
    "./charts/kueue/",
    "kueue-0.18.3.tgz",
    "https://a.example.com/kueue-v0.18.3-rc.1.tgz",
    "oci://a.example.com:5000/b/kueue",
    "oci://a.example.com/b/kueue:0.18.3",
    "oci://a.example.com/b/kueue@sha256:0a1b",
  ])("reads the name in %s", (name) => expect(chartOf(chart({ chart: name }))).toBe("kueue"));

  it.each(["cert-manager", "karpenter-crd", "kube-prometheus-stack"])("leaves the hyphens in %s", (name) =>
    expect(chartOf(chart({ chart: name }))).toBe(name),
  );

  it("reads the name of a folder, and of nothing", () => {
    expect([{ path: "./charts/kueue" }, {}, { chart: null }].map((each) => chartOf(chart(each)))).toEqual(["kueue", "", ""]);
  });

  it("reads the repository where each type has it", () => {
    expect(
      [{ fetchOpts: { repo: "a" } }, { repositoryOpts: { repo: "a" } }, {}].map((each) => repositoryOf(chart(each))),
    ).toEqual([{ property: "fetchOpts.repo", address: "a" }, { property: "repositoryOpts.repo", address: "a" }, undefined]);
  });

  it("are all of them in each rule that looks at one type", () => {
    const some = RULES.filter(({ types = [] }) => {
      const named = CHARTS.filter((type) => types.includes(type));
      return named.length > 0 && named.length < CHARTS.length;
    });
    expect(some.map(({ id }) => id)).toEqual([]);
  });
});
