import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EngineFailure } from "#engine/failure";
import { destroy, protection } from "#rehearsal/phases/destroy";
import type { StateResource } from "#rehearsal/state";
import { fakeContext } from "../fake-context.ts";

const refusal = new EngineFailure({
  operation: "destroy",
  resource: undefined,
  reason: "it is protected",
  findings: [],
  log: "a.log",
});
const standing = ["foundation", "platform", "workloads"];

describe("the end of a rehearsal", () => {
  it("destroys the layers that came up, the last one first, and removes their stacks", async () => {
    const { context, asked } = fakeContext({
      standing: ["platform", "foundation"],
      changes: { delete: 90 },
      namespaces: ["default"],
    });
    const { detail } = await destroy.run(context);
    expect(asked).toEqual(["destroy platform-dev", "remove platform-dev", "destroy foundation-dev", "remove foundation-dev"]);
    expect(detail).toBe("180 deleted, 0 pairs in the right order · 0 left in the cluster, 0 in the state");
    expect(context.outcome.leftovers).toEqual([]);
  });

  it("fails when something is left", async () => {
    const { context } = fakeContext({ standing, namespaces: ["mlflow", "kube-system"] });
    await expect(destroy.run(context)).rejects.toThrow(new Error("destroy must leave nothing, it left namespace mlflow"));
    expect(context.outcome.leftovers).toEqual(["namespace mlflow"]);
  });

  it("fails when a component's resource outlives what the component depends on", async () => {
    const urn = (type: string, name: string): string => `urn:pulumi:dev::millrace::${type}::${name}`;
    const [queue, job, controller] = [urn("millrace:a:Queue", "q"), urn("kubernetes:b:Job", "j"), urn("kubernetes:c:Chart", "c")];
    const state: StateResource[] = [
      { urn: queue, type: "millrace:a:Queue", custom: false, dependencies: [controller] },
      { urn: job, type: "kubernetes:b:Job", custom: true, parent: queue },
      { urn: controller, type: "kubernetes:c:Chart", custom: true },
    ];
    const inOrder = (...urns: string[]) =>
      fakeContext({ standing: ["foundation"], state, resources: () => urns.map((each) => ({ op: "delete", urn: each })) })
        .context;
    expect((await destroy.run(inOrder(job, controller))).detail).toMatch(/^0 deleted, 1 pairs in the right order/);
    await expect(destroy.run(inOrder(controller, job))).rejects.toThrow(
      new Error(
        "kubernetes:b:Job 'j' of millrace:a:Queue 'q' must be deleted before kubernetes:c:Chart 'c', which the component depends on: it was deleted after it",
      ),
    );
  });
});

describe("the protection", () => {
  it("refuses a destroy, and is then lifted layer by layer", async () => {
    const { context, asked } = fakeContext({
      environment: "staging",
      standing,
      destroy: (_, unprotected) => (unprotected ? undefined : refusal),
    });
    await protection.run(context);
    expect(asked).toEqual(["destroy foundation-staging", ...standing.map((layer) => `unprotect ${layer}-staging`)]);
    expect(existsSync(join(context.workspace.folder, "unprotected"))).toBe(true);
  });

  it.each([
    ["dev", false, "dev is not protected"],
    ["staging", true, "everything stays up (--keep)"],
    ["prod", false, undefined],
  ] as const)("of %s (keep: %s) is skipped: %s", (environment, keep, why) => {
    expect(protection.skip?.({ environment, keep, traffic: true })).toBe(why);
  });

  it.each([
    ["succeeds", undefined],
    ["fails by a bug of the rehearsal", new TypeError("x is not a function")],
  ])("is not there when the first destroy %s", async (_, error) => {
    const { context, asked } = fakeContext({ environment: "staging", standing, destroy: () => error });
    await expect(protection.run(context)).rejects.toThrow(
      new Error("destroy of foundation-staging must be refused while it is protected, it was not"),
    );
    expect(asked).toEqual(["destroy foundation-staging"]);
  });
});
