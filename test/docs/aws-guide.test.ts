import { describe, expect, it } from "vitest";
import { REDIRECT_PATH } from "#components/monitoring/grafana";
import type { Layer } from "#stacks/contracts";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { OPTIONAL_SECRETS, SECRETS } from "#stacks/inputs/secrets";
import { settingKeys } from "#stacks/inputs/settings";
import { PAGES } from "#stacks/names";
import { stackOf } from "../harness/stacks.ts";
import { apiClients } from "../stacks/api-clients.ts";
import { commandsOf, read, tableOf } from "./pages.ts";

const path = "docs/guides/aws.md";
const guide = read(path);
const commands = commandsOf({ path, text: guide });

const inputsOf = async (layer: Layer, environment: EnvironmentName, type: string) =>
  (await stackOf(layer, environment)).resources.filter((each) => each.type === type).map(({ inputs }) => inputs);

/** Names of the Kubernetes objects of a kind that an environment has, charts' own objects apart. */
const objectsOf = async (type: string): Promise<string[]> =>
  [...(await inputsOf("platform", "dev", type)), ...(await inputsOf("workloads", "dev", type))].map(
    ({ metadata }) => metadata.name,
  );

describe("the guide to AWS", () => {
  it("explains every key of the stack config, and no other", () => {
    const rows = [...tableOf(guide, "key", "what", "rule"), ...tableOf(guide, "optional key", "what", "rule")];
    const told = new Set(rows.map(([key = ""]) => key.split(" → ")[0]));
    const known = [...settingKeys(profiles.dev), ...Object.values(SECRETS).flat(), ...Object.values(OPTIONAL_SECRETS).flat()];
    expect([...told].map(String).sort()).toEqual(known.map((key) => `millrace:${key}`).sort());
  });

  it.each(ENVIRONMENTS)("says who reaches the Kubernetes API of %s: what the resources say", async (environment) => {
    const config = (await import("#plan/environment")).stackConfig("platform", environment).config;
    const networks: string[] = JSON.parse(config["millrace:owners"]!).networks;
    const column = ENVIRONMENTS.indexOf(environment) + 2;
    const told = tableOf(guide, "from", "to", ...ENVIRONMENTS).flatMap((row) => {
      const [from = "", to = ""] = row;
      const sources = from === "owners.networks" ? networks : from.startsWith("private CIDRs") ? [] : [from];
      return row[column] === "yes" ? sources.map((source) => `${source} → ${to}`) : [];
    });
    expect(told.sort()).toEqual(await apiClients(environment));
  });

  it("names the access host and the runner as they are named", async () => {
    const [host] = await inputsOf("foundation", "prod", "aws:autoscaling/group:Group");
    const name = host!["tags"].find(({ key }: { key: string }) => key === "Name").value;
    expect(guide).toContain(`Values=${name} `);
    const [runner] = await inputsOf("foundation", "prod", "aws:codebuild/project:Project");
    expect(guide).toContain(`codebuild-${(runner!["name"] as string).replace("prod", "$ENVIRONMENT")}-{0}-{1}`);
  });

  it("names pages that have a route, and the redirect of the sign-on", async () => {
    const hosts = (await inputsOf("platform", "dev", "kubernetes:networking.istio.io/v1:VirtualService")).flatMap(
      ({ spec }): string[] => spec.hosts,
    );
    expect(hosts.sort()).toEqual(Object.values(PAGES).sort());
    expect(hosts.filter((host) => !guide.includes(`https://${host}`))).toEqual([]);
    expect(guide).toContain(`https://${PAGES.dashboards}${REDIRECT_PATH}`);
  });

  it("asks namespaces and Secrets that exist", async () => {
    const namespaces = commands.flatMap((command) => [...command.matchAll(/kubectl -n ([\w-]+)/g)].map(([, name]) => name));
    const made = await objectsOf("kubernetes:core/v1:Namespace");
    expect(namespaces.length).toBeGreaterThan(5);
    expect(namespaces.filter((name) => !made.includes(name!))).toEqual([]);
    const secrets = commands.flatMap((command) => [...command.matchAll(/get secret ([\w-]+)/g)].map(([, name]) => name));
    const [certificate] = (await inputsOf("platform", "dev", "kubernetes:cert-manager.io/v1:Certificate"))
      .map(({ spec }) => spec.secretName as string)
      .filter((name) => secrets.includes(name));
    expect(new Set(secrets)).toEqual(new Set([certificate, "mlflow-keys", "grafana-admin"]));
  });

  it("reads outputs that the stacks have", async () => {
    const read = [
      ...guide.matchAll(/pulumi stack output (\w+) -s (foundation|platform)-(?:dev|prod|<env>)(?: \| jq -r '?\.("?[\w.-]+"?))?/g),
    ];
    expect(read.length).toBeGreaterThan(3);
    for (const [line, output = "", layer, path = ""] of read) {
      const { outputs } = await stackOf(layer as Layer, "dev");
      const keys = path === "" ? [] : path.startsWith('"') ? [path.replaceAll('"', "")] : path.split(".");
      const value = keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], outputs[output]);
      expect([line, value]).toEqual([line, expect.anything()]);
    }
  });

  it("has its steps in order, and asks nobody to do anything by hand", () => {
    const steps = [...guide.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(tableOf(guide, "step", "costs", "how to check it")).toHaveLength(steps.length);
    expect(guide).not.toMatch(/by hand/);
  });

  it.each([
    ["npm ci", "npx millrace"],
    ["npm ci", "credentials of the account"],
    ["aws codeconnections create-connection", "pulumi up -s foundation"],
    ["pulumi stack init", "pulumi config set"],
    ["pulumi config set --path millrace:state.key", "npx millrace doctor --aws"],
    ["`millrace:account`", "npx millrace doctor --aws"],
    ["npx millrace doctor --aws", "pulumi up -s foundation"],
    ["crane digest --tarball mlflow.tar", "pulumi up -s foundation"],
    ["state() {", "$(state "],
  ])("says '%s' before '%s', which would fail without it", (first, second) => {
    // What tables at the top say is read, not run.
    const run = guide.slice(guide.indexOf("\n## 1. "));
    const [before, after] = [run.indexOf(first), run.indexOf(second)];
    expect(before).toBeGreaterThan(-1);
    expect(after).toBeGreaterThan(before);
  });
});
