// Releases of an endpoint with the real engine, on the simulated AWS: one that SageMaker rolls back, and what comes after it.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "#engine/engine";
import type { EngineFailure } from "#engine/failure";
import { createProbe } from "../../harness/probe.ts";

const STACK = "endpoint-dev";
const CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";

describe("a release of an endpoint", { timeout: 300_000 }, () => {
  let folder: string;
  let engine: Engine;
  /** Whether SageMaker rolls back what it is told. */
  const rollsBack = (does: boolean): void => {
    const file = join(folder, "rolled-back");
    if (does) {
      writeFileSync(file, "");
    } else {
      rmSync(file);
    }
  };
  const release = async (version: string) => {
    await engine.configSet(STACK, "version", version);
    return engine.up(STACK);
  };
  /** Versions whose configurations the account has. */
  const kept = (): string[] => {
    const names = JSON.parse(readFileSync(join(folder, "account.json"), "utf8")) as Record<string, object>;
    return Object.keys(names[CONFIGURATION] ?? {}).map((name) => /-(v\d+)-[0-9a-f]{8}$/.exec(name)?.[1] ?? name);
  };

  beforeAll(async () => {
    const probe = await createProbe("test/components/serving/endpoint-program");
    folder = probe.folder;
    const environment = { ...probe.options.environment, MILLRACE_REHEARSAL_ROLLED_BACK: join(folder, "rolled-back") };
    engine = createEngine({ ...probe.options, environment });
    await engine.stackInit(STACK);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes over, and what it replaced goes after it", async () => {
    expect((await release("3")).changes).toMatchObject({ update: 0, delete: 0 });
    expect(await engine.outputs(STACK)).toEqual({ served: "3" });
    const next = await release("4");
    expect(next.changes).toMatchObject({ create: 2, delete: 2, replace: 0 });
    const deleted = next.deleted.map((urn) => urn.replace(/^.*::|-[0-9a-f]{8}$/g, ""));
    expect(new Set(deleted)).toEqual(new Set(["fraud-configuration-v3", "fraud-model-v3"]));
    expect(kept()).toEqual(["v4"]);
  });

  it("that is rolled back fails the update, and what the endpoint runs stays", async () => {
    rollsBack(true);
    const failure: EngineFailure = await release("5").then(
      () => expect.fail("it was taken for a success"),
      (error) => error,
    );
    expect(failure.message).toMatch(
      /endpoint 'millrace-dev-fraud' must run 'millrace-dev-fraud-v5-[0-9a-f]{8}', got 'millrace-dev-fraud-v4-[0-9a-f]{8}': SageMaker has rolled the release back/,
    );
    expect(failure.message).not.toMatch(/\n\s+at /);
    expect(kept()).toEqual(["v4", "v5"]);
  });

  it("that was rolled back is tried again by the next update, and fails again", async () => {
    await expect(engine.up(STACK)).rejects.toThrow(/SageMaker has rolled the release back/);
    expect(kept()).toEqual(["v4", "v5"]);
  });

  it("goes back to the version before it without touching the endpoint", async () => {
    rollsBack(false);
    const back = await release("4");
    expect(back.changes).toMatchObject({ create: 0, delete: 2, replace: 0 });
    expect(kept()).toEqual(["v4"]);
    expect(await engine.outputs(STACK)).toEqual({ served: "4" });
    expect((await engine.preview(STACK)).changes).toMatchObject({ create: 0, update: 0, delete: 0, replace: 0 });
  });

  it("comes after a rolled-back one", async () => {
    await release("6");
    expect(kept()).toEqual(["v6"]);
    expect((await engine.destroy(STACK)).resources).toBe(0);
    expect(kept()).toEqual([]);
  });
});
