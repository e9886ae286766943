import { rmSync } from "node:fs";
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
import { models } from "#stacks/inputs/models";
import { readModelRelease } from "#stacks/inputs/releases/read";
import { teams } from "#stacks/inputs/teams";
import { modelReleaseOf, pointerOf, putRelease, releasesFolder } from "../harness/releases.ts";
import { type RecordedStack, recordStack, stackOf } from "../harness/stacks.ts";

const TODAY = pointerOf({ fraud: "3" });
const WITH_CHURN = pointerOf({ churn: "1", fraud: "3" });
const churn = modelReleaseOf("churn", "1");
// Other test files keep what the repository declares.
const releases = releasesFolder({
  "models/fraud/3.json": readModelRelease("fraud", "3"),
  "models/churn/1.json": churn,
});
const write = (file: string, content: unknown): void => putRelease(releases, file, content);

beforeAll(() => {
  ENVIRONMENTS.forEach((environment) => write(`environments/${environment}.json`, TODAY));
  vi.stubEnv("MILLRACE_RELEASES", releases);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(releases, { recursive: true });
});

/** Runs something while a team owns the model churn, which dev alone releases. */
async function withModelOf<T>(team: string, program: () => Promise<T>): Promise<T> {
  models["churn"] = { team, host: "churn.models.internal", latencyTargetMs: 500 };
  write("environments/dev.json", WITH_CHURN);
  try {
    return await program();
  } finally {
    delete models["churn"];
    write("environments/dev.json", TODAY);
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
    ["a broken pointer", () => write("environments/dev.json", "{"), /^releases\/environments\/dev.json must be JSON/],
    ["no pointer", () => rmSync(join(releases, "environments", "dev.json")), /^releases\/environments\/dev.json must be a file/],
    [
      "no release",
      () => write("environments/dev.json", pointerOf({ fraud: "7" })),
      /^releases\/environments\/dev.json: models.fraud must be a release of fraud/,
    ],
    ["a broken release", () => write("models/churn/1.json", "[]\n"), /^releases\/models\/churn\/1.json: must be an object/],
  ])("blocks the workloads layer: %s", async (_, spoil, sentence) => {
    await stackOf("platform", "dev");
    await withSpoiled(spoil, () => expect(recordStack("workloads", "dev", "up")).rejects.toThrow(sentence));
  });

  it("blocks no other layer, and is what the plan says", async () => {
    const [foundation, platform] = [await stackOf("foundation", "dev"), await stackOf("platform", "dev")];
    await withSpoiled(
      () => {
        write("environments/dev.json", "{");
        write("models/churn/1.json", "[]\n");
      },
      async () => {
        expect((await recordStack("foundation", "dev", "up")).outputs).toEqual(foundation.outputs);
        expect((await recordStack("platform", "dev", "up")).outputs).toEqual(platform.outputs);
        await expect(planEnvironment("dev")).rejects.toThrow(/^releases\/environments\/dev.json must be JSON/);
      },
    );
  });

  /** Runs something while the release of dev is spoiled. */
  async function withSpoiled(spoil: () => void, program: () => Promise<unknown>): Promise<void> {
    write("environments/dev.json", WITH_CHURN);
    spoil();
    try {
      await program();
    } finally {
      write("models/churn/1.json", churn);
      write("environments/dev.json", TODAY);
    }
  }
});
