import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { planAgainst } from "#plan/against";
import { capacityOf } from "#plan/capacity/capacity";
import { costOf } from "#plan/cost";
import { type EnvironmentPlan, stackConfig } from "#plan/environment";
import { graphOf } from "#plan/graph";
import { planPage } from "#plan/views/html";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { read, tableOf } from "../docs/pages.ts";
import { planOf } from "../harness/kept.ts";

const components = (plan: EnvironmentPlan): string[] =>
  graphOf(plan, costOf(plan)).rooms.flatMap(({ bands }) => bands.flatMap(({ boxes }) => boxes.map(({ id }) => id)));

describe.each(ENVIRONMENTS)("plan of %s", (environment) => {
  it("runs the three layers, each on what the one before hands on", async () => {
    const plan = await planOf(environment);
    expect(plan.layers.map(({ layer }) => layer)).toEqual(["foundation", "platform", "workloads"]);
    expect(Object.keys(plan.layers[0]?.outputs ?? {})).toEqual(["network", "keys", "stores", "database", "registries", "roles"]);
    expect(Object.keys(plan.layers[1]?.outputs ?? {})).toEqual([
      "cluster",
      "gateway",
      "ingress",
      "monitoring",
      "tracking",
      "cpu",
      "gpu",
    ]);
    expect(graphOf(plan, costOf(plan)).handovers.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "foundation → platform",
      "foundation → workloads",
      "platform → workloads",
    ]);
  });

  it("costs what docs/guides/aws.md says", async () => {
    const { atRest, ceiling } = costOf(await planOf(environment));
    const rows = tableOf(read("docs/guides/aws.md"), "", "at rest, a month", "ceiling, a month");
    const dollars = (sum: number): string => `$${Math.round(sum).toLocaleString("en")}`;
    expect(rows.find(([name]) => name === environment)).toEqual([environment, dollars(atRest), dollars(ceiling)]);
  });

  it("costs as many nodes at rest as its capacity says", async () => {
    const plan = await planOf(environment);
    const nodes = capacityOf(plan)
      .pools.map(({ instanceType, use }) => [instanceType, use["at rest"].nodes] as const)
      .filter(([, count]) => count > 0);
    const pools = costOf(plan).items.flatMap(({ component, what }) =>
      component === "access-host" ? [] : (/^(\d+) × (\w+\.\w+) /.exec(what)?.slice(1) ?? []),
    );
    expect(pools).toEqual(nodes.flatMap(([type, count]) => [String(count), type]));
    expect(nodes).toHaveLength(2);
  });

  it("knows the price of everything that it books, and where GPUs end", async () => {
    const { items, ceiling, ceilingOf, missing } = costOf(await planOf(environment));
    expect(missing).toEqual([]);
    expect(items.filter(({ monthly }) => monthly === 0)).toEqual([]);
    expect(ceilingOf).toHaveLength(3);
    expect(ceiling).toBeGreaterThan(0);
  });

  it("makes a page with every component on it and no secret", async () => {
    const plan = await planOf(environment);
    const page = planPage(plan, costOf(plan));
    for (const id of components(plan)) {
      expect(page).toContain(`<aside class="panel" id="${id}"`);
    }
    expect(page).not.toContain("secret.invalid");
    expect(page).toContain("[secret]");
  });
});

describe("planAgainst", () => {
  it("tells environments apart by profile and by what follows from it", async () => {
    const { profile, resources } = await planAgainst(await planOf("prod"), "staging");
    expect(profile).toContainEqual({ path: "network.natGateways", from: 1, to: 3 });
    expect(
      resources.filter(({ type }) => type === "aws:ec2/natGateway:NatGateway").map(({ kind, resource }) => [kind, resource]),
    ).toEqual([
      ["added", "network/network-nat-b"],
      ["added", "network/network-nat-c"],
    ]);
  });

  it("sees no difference between an environment and itself", async () => {
    expect(await planAgainst(await planOf("dev"), "dev")).toEqual({
      against: "dev",
      cost: expect.anything(),
      profile: [],
      resources: [],
    });
  });

  it.each(["stagin", "--output=x"])("refuses %s", async (word) => {
    await expect(planAgainst(await planOf("dev"), word)).rejects.toThrow(
      `'--against' must be an environment (dev, staging, prod) or a git ref, got '${word}'`,
    );
  });
});

describe("stackConfig", () => {
  it("assumes a secret that is not set, and says so", () => {
    const { config, secretKeys, assumed } = stackConfig("platform", "dev");
    expect(secretKeys).toEqual(["millrace:alertWebhook"]);
    expect(config["millrace:alertWebhook"]).toBe("https://secret.invalid/alertWebhook");
    expect(assumed).toEqual([
      "millrace:alertWebhook is not set for platform-dev: planned as if it were",
      "millrace:heartbeat is not set for platform-dev: nobody hears when monitoring itself is down",
    ]);
  });

  it("hands lists and objects on as JSON", () => {
    expect(JSON.parse(stackConfig("foundation", "dev").config["millrace:owners"] ?? "")).toHaveProperty("roles");
  });
});

describe("staging", () => {
  it("has every kind of object that prod has, as docs/guides/environments.md says", async () => {
    const kinds = async (environment: EnvironmentName): Promise<string[]> => [
      ...new Set((await planOf(environment)).layers.flatMap(({ resources }) => resources.map(({ type }) => type))),
    ];
    const met = await kinds("staging");
    expect((await kinds("prod")).filter((type) => !met.includes(type))).toEqual([]);
  });
});

describe("docs/architecture.svg", () => {
  it("shows the components of prod: else run `npx millrace plan prod --svg docs/architecture.svg`", async () => {
    const drawn = readFileSync(join(PROJECT_FOLDER, "docs", "architecture.svg"), "utf8").matchAll(/data-id="([^"]+)"/g);
    expect(new Set([...drawn].map(([, id]) => id))).toEqual(new Set(components(await planOf("prod"))));
  });
});
