import { describe, expect, it } from "vitest";
import { CHART_NAMES, type ChartName, PLATFORMS, RENDERED, releaseIn } from "./charts.ts";

/** How the pods of a workload with more than one of them agree on who works. */
const ELECTION: Record<string, "by argument" | "by default of the program" | "by its configuration" | "every pod answers"> = {
  karpenter: "by default of the program",
  "kueue-controller-manager": "by its configuration",
  "argo-rollouts": "by argument",
  "cert-manager": "by default of the program",
  "cert-manager-cainjector": "by default of the program",
  "cert-manager-webhook": "every pod answers",
  "external-secrets": "by argument",
  "external-secrets-webhook": "every pod answers",
};

describe("controllers with more than one replica", () => {
  it("elect a leader, or say how else their pods agree", () => {
    const several = CHART_NAMES.flatMap((name) => Object.entries(RENDERED[name].workloads)).flatMap(([name, { election }]) =>
      election === undefined ? [] : [{ name, elects: election.some((text) => /leader-elect(=true|ion=true)?$/.test(text)) }],
    );
    expect(several.map(({ name }) => name).toSorted()).toEqual(Object.keys(ELECTION).toSorted());
    expect(several.filter(({ elects }) => elects).map(({ name }) => name)).toEqual(
      Object.keys(ELECTION).filter((name) => ELECTION[name] === "by argument"),
    );
  });

  it.each(PLATFORMS)(
    "do so in %s: External Secrets with one certificate controller, Kueue by its configuration",
    async (_, platform) => {
      const stack = await platform();
      const values = (name: ChartName) => releaseIn(stack, name).inputs["values"];
      const { replicaCount, leaderElect, certController } = values("externalSecrets");
      expect(leaderElect).toBe(replicaCount > 1);
      // The chart of this version gives it no election.
      expect(certController.replicaCount).toBe(1);
      expect(certController.podDisruptionBudget).toBeUndefined();
      const kueue = JSON.parse(values("kueue").managerConfig.controllerManagerConfigYaml);
      expect(kueue.leaderElection.leaderElect).toBe(true);
    },
  );
});
