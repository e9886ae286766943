import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EngineFailure } from "#engine/failure";
import { destroyAll } from "#rehearsal/phases/destroy";
import { fakeStage } from "../fake-stage.ts";

const refusal = new EngineFailure({
  operation: "destroy",
  resource: undefined,
  reason: "it is protected",
  findings: [],
  log: "a.log",
});
const lastFirst = ["workloads", "platform", "foundation"];
const gone = (environment: string): string[] =>
  lastFirst.flatMap((layer) => [`destroy ${layer}-${environment}`, `remove ${layer}-${environment}`]);

describe("the end of a rehearsal", () => {
  it("takes the last layer first and its stack with it", async () => {
    const { stage, asked, details } = fakeStage({ changes: { delete: 90 }, namespaces: ["default", "millrace-rehearsal"] });
    await destroyAll(stage);
    expect(asked).toEqual(gone("dev"));
    expect(details()).toEqual({ destroy: "270 deleted · 0 left in the cluster, 0 in the state" });
    expect(stage.outcome.leftovers).toEqual([]);
  });

  it("fails when something is left", async () => {
    const { stage } = fakeStage({ namespaces: ["mlflow", "kube-system"] });
    await expect(destroyAll(stage)).rejects.toThrow(new Error("destroy must leave nothing, it left namespace mlflow"));
    expect(stage.outcome.leftovers).toEqual(["namespace mlflow"]);
  });

  it.each(["staging", "prod"] as const)("shows first that %s is protected", async (environment) => {
    const destroy = (_: string, unprotected: boolean) => (unprotected ? undefined : refusal);
    const { stage, asked, details } = fakeStage({ environment, destroy });
    await destroyAll(stage);
    expect(asked).toEqual([
      `destroy foundation-${environment}`,
      ...["foundation", "platform", "workloads"].map((layer) => `unprotect ${layer}-${environment}`),
      ...gone(environment),
    ]);
    expect(Object.keys(details())).toEqual(["protection", "destroy"]);
    expect(existsSync(join(stage.workspace.folder, "unprotected"))).toBe(true);
  });

  it.each([
    ["goes through", undefined],
    ["breaks by a fault of ours", new TypeError("x is not a function")],
  ])("does not take it for protection when the first destroy %s", async (_, error) => {
    const { stage, asked } = fakeStage({ environment: "staging", destroy: () => error });
    await expect(destroyAll(stage)).rejects.toThrow(
      new Error("destroy of foundation-staging must be refused while it is protected, it was not"),
    );
    expect(asked).toEqual(["destroy foundation-staging"]);
  });
});
