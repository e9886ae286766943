import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { costOf } from "#plan/cost";
import { planEnvironment } from "#plan/environment";
import { planPage } from "#plan/views/html";
import { planMarkdown } from "#plan/views/markdown";
import { planText } from "#plan/views/text";
import { plainly } from "#render/terminal";
import { LAYERS, type Layer } from "#stacks/contracts";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Release } from "#stacks/inputs/manifests";
import { models } from "#stacks/inputs/models";
import { readRelease } from "#stacks/inputs/release";
import { teams } from "#stacks/inputs/teams";
import { type RecordedStack, recordStack, stackOf } from "../harness/stacks.ts";

const releases = mkdtempSync(join(tmpdir(), "millrace-releases-"));
const write = (name: string, content: unknown): void => writeFileSync(join(releases, name), JSON.stringify(content));
const point = (environment: EnvironmentName, { id }: Pick<Release, "id">): void => write(`${environment}.json`, { release: id });
const today = readRelease("prod");
const withChurn: Release = {
  ...today,
  id: "with-churn",
  models: { ...today.models, churn: { ...today.models["fraud"]!, version: "1", path: "models/churn/1" } },
};

beforeAll(() => {
  mkdirSync(join(releases, "manifests"));
  for (const release of [today, withChurn]) {
    write(`manifests/${release.id}.json`, release);
  }
  ENVIRONMENTS.forEach((environment) => point(environment, today));
  vi.stubEnv("MILLRACE_RELEASES", releases);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(releases, { recursive: true });
});

/** Runs something while a team owns the model churn, which dev alone releases. */
async function withModelOf<T>(team: string, program: () => Promise<T>): Promise<T> {
  models["churn"] = { team, host: "churn.models.internal", latencyTargetMs: 500 };
  point("dev", withChurn);
  try {
    return await program();
  } finally {
    delete models["churn"];
    point("dev", today);
  }
}

/** The same with a team that is new. */
async function withTeam<T>(program: (team: string) => Promise<T>): Promise<T> {
  teams["growth"] = { groups: { dataScientists: "growth-data-scientists", mlEngineers: "growth-ml-engineers" }, gpuShare: 0 };
  try {
    return await program("growth");
  } finally {
    delete teams["growth"];
  }
}

/** A layer as it is today, and what a change of the inputs makes of it. Requests leave in an order of their own. */
async function beforeAndAfter(layer: Layer, environment: EnvironmentName, change: typeof withTeam<RecordedStack>) {
  const before = await stackOf(layer, environment);
  return { before: inOrder(before), after: inOrder(await change(() => recordStack(layer, environment, "up"))) };
}

const inOrder = ({ resources, edges, ...rest }: RecordedStack) => {
  const order = edges.map(({ urn }, at) => ({ urn, at })).toSorted((a, b) => a.urn.localeCompare(b.urn, "en"));
  return { ...rest, resources: order.map(({ at }) => resources[at]!), edges: order.map(({ at }) => edges[at]!) };
};

describe("a model that dev alone releases", () => {
  const change = (program: (team: string) => Promise<RecordedStack>) => withModelOf("risk", () => program("risk"));

  it.each(["staging", "prod"] as const)("changes nothing in any layer of %s", async (environment) => {
    for (const layer of LAYERS) {
      const { before, after } = await beforeAndAfter(layer, environment, change);
      expect(after, layer).toEqual(before);
    }
  });

  it("is listed by the plan of prod as not released there, in every form", async () => {
    const plan = await withModelOf("risk", () => planEnvironment("prod"));
    const cost = costOf(plan);
    expect(plan.notReleased).toEqual(["churn"]);
    expect(plainly(planText(plan, cost))).toContain("\n  not served  churn: not released here\n");
    expect(planMarkdown(plan, cost)).toContain("\nNot served: churn: not released here.\n");
    expect(planPage(plan, cost)).toContain("<p>Not served: churn: not released here.</p>");
    const served = { ...plan, notReleased: [] };
    for (const text of [planText(served, cost), planMarkdown(served, cost), planPage(served, cost)]) {
      expect(text).not.toMatch(/not served|not released/i);
    }
  });
});

describe("a second team with a second model", () => {
  const change = (program: (team: string) => Promise<RecordedStack>) =>
    withTeam((team) => withModelOf(team, () => program(team)));

  it.each(["foundation", "platform"] as const)("changes nothing in the %s", async (layer) => {
    const { before, after } = await beforeAndAfter(layer, "dev", change);
    expect(after).toEqual(before);
  });

  it("adds its own parts to the workloads layer, and changes nothing that is there", async () => {
    const { before, after } = await beforeAndAfter("workloads", "dev", change);
    const own = after.resources.filter(({ path, name }) => [...path, ` ${name}`].some((each) => / (growth|churn)/.test(each)));
    expect(after.resources.filter((each) => !own.includes(each))).toEqual(before.resources);
    const topmost = own.filter(({ path }) => path.length === 1).map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    expect(topmost.toSorted()).toEqual([
      "ModelMonitoring churn-monitoring",
      "ModelServing churn",
      "Team growth",
      "TeamQueue growth-queue",
    ]);
    expect(Object.keys(after.outputs["models"])).toEqual(["fraud", "churn"]);
  });
});

describe("a release that cannot be read", () => {
  it.each([
    ["a broken pointer", () => writeFileSync(join(releases, "dev.json"), "{"), /^releases\/dev.json must be JSON/],
    ["no pointer", () => rmSync(join(releases, "dev.json")), /^releases\/dev.json must be a file/],
    ["no manifest", () => point("dev", { id: "x" }), /^releases\/dev.json: release must be the name of a file/],
    [
      "a broken manifest",
      () => write("manifests/with-churn.json", []),
      /^releases\/manifests\/with-churn.json: must be an object/,
    ],
  ])("blocks the workloads layer: %s", async (_, spoil, sentence) => {
    await stackOf("platform", "dev");
    await withSpoiled(spoil, () => expect(recordStack("workloads", "dev", "up")).rejects.toThrow(sentence));
  });

  it("blocks no other layer, and is what the plan says", async () => {
    const [foundation, platform] = [await stackOf("foundation", "dev"), await stackOf("platform", "dev")];
    await withSpoiled(
      () => {
        writeFileSync(join(releases, "dev.json"), "{");
        write("manifests/with-churn.json", []);
      },
      async () => {
        expect((await recordStack("foundation", "dev", "up")).outputs).toEqual(foundation.outputs);
        expect((await recordStack("platform", "dev", "up")).outputs).toEqual(platform.outputs);
        await expect(planEnvironment("dev")).rejects.toThrow(/^releases\/dev.json must be JSON/);
      },
    );
  });

  /** Runs something while the release of dev is spoiled. */
  async function withSpoiled(spoil: () => void, program: () => Promise<unknown>): Promise<void> {
    point("dev", withChurn);
    spoil();
    try {
      await program();
    } finally {
      write(`manifests/${withChurn.id}.json`, withChurn);
      point("dev", today);
    }
  }
});
