import { globSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { stackConfig } from "#plan/environment";
import { PRICES_AS_OF } from "#plan/prices";
import { RULES } from "#policies/catalogue";
import { explain } from "#rehearsal/cluster/isolation/probe";
import { MUTANTS } from "#rehearsal/mutants/mutants";
import { PACE } from "#rehearsal/pace";
import { PHASES } from "#rehearsal/phases/index";
import { SCENARIO_NAMES } from "#rehearsal/scenarios/names";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { readPace } from "#stacks/inputs/pace";
import { CRD_SOURCES } from "#toolchain/projects";
import { CATALOGUE } from "#toolchain/tools";
import { read, tableOf } from "./pages.ts";

const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

describe("the table of profiles", () => {
  const rows = tableOf(read("docs/guides/environments.md"), "field", ...ENVIRONMENTS);

  it.each(rows)("%s", (field, ...cells) => {
    expect(cells).toEqual(ENVIRONMENTS.map((name, index) => asWritten(valueOf(profiles[name], field), cells[index] ?? "")));
  });

  it("has every field", () => {
    const fields = new Set(ENVIRONMENTS.flatMap((name) => leaves(profiles[name])));
    fields.delete("name");
    expect(rows.map(([field = ""]) => field).sort()).toEqual([...fields].sort());
  });
});

/** The guide gives the length of a long list instead of its items. */
function asWritten(value: unknown, written: string): string {
  if (!Array.isArray(value)) {
    return value === undefined ? "–" : String(value as string);
  }
  return written.endsWith(" services") ? `${value.length} services` : value.join(", ") || "none";
}

const valueOf = (profile: object, field = ""): unknown =>
  field.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], profile);

const leaves = (value: object, path = ""): string[] =>
  Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? leaves(inner as object, `${path}${key}.`)
      : [`${path}${key}`],
  );

it.each(["docs/guides/aws.md", "docs/guides/plan.md"])("%s names the day and region of the prices", (path) => {
  const region = stackConfig("foundation", "prod").config["millrace:region"];
  expect(read(path)).toContain(`prices of ${region} as of ${PRICES_AS_OF}`);
});

it.each([
  ["rules", RULES.length, ["README.md", "docs/policies-and-checkov.md"]],
  ["bad changes", MUTANTS.length, ["README.md"]],
] as const)("every number of %s in the docs is %i", (what, count, pages) => {
  const said = pages.flatMap((page) =>
    [...read(page).matchAll(new RegExp(`\\b(\\d+) ${what}\\b`, "g"))].map(([, number]) => Number(number)),
  );
  expect(new Set(said)).toEqual(new Set([count]));
});

it("the README says how many bad changes apply in dev, as its sample of a rehearsal shows, and in prod", () => {
  const applying = (environment: EnvironmentName): number =>
    MUTANTS.filter(({ rule }) => RULES.find(({ id }) => id === rule)?.levels[environment] !== "off").length;
  const readme = read("README.md");
  const [, stopped, advised] = /bad-changes +(\d+) stopped .*?(\d+) advised against/.exec(readme) ?? [];
  expect(Number(stopped) + Number(advised)).toBe(applying("dev"));
  expect(readme).toContain(`in dev ${applying("dev")} of them apply`);
  expect(readme).toContain(`rehearsed in prod: ${applying("prod")} bad changes`);
});

it("every component is in the table of components", () => {
  const classes = globSync("components/*/*.ts", { cwd: PROJECT_FOLDER }).flatMap((path) =>
    [...read(path).matchAll(/^export class (\w+)/gm)].map(([, name]) => `${path.split("/")[1]} ${name}`),
  );
  const told = tableOf(read("docs/guides/components.md"), "folder", "components").flatMap(([folder, list = ""]) =>
    list.split(", ").map((name) => `${folder} ${name}`),
  );
  expect(told.sort()).toEqual(classes.sort());
});

describe("the guide to rehearsals", () => {
  const guide = read("docs/guides/rehearsal.md");

  it("has a row for each phase, in their order", () => {
    const phases = PHASES.map(({ name }) => name).filter((name) => !name.startsWith("scenario-"));
    expect(tableOf(guide, "phase", "what must hold").map(([name]) => name)).toEqual(["tools", ...phases]);
  });

  it("has a row for each scenario, in their order", () => {
    const rows = tableOf(guide, "scenario", "what must hold").flatMap(([names = ""]) => names.split(", "));
    expect(rows).toEqual(SCENARIO_NAMES);
  });

  it("tells every time that is shortened, and from what", () => {
    const usual = readPace(profiles.dev)() as unknown as Record<string, number>;
    expect(tableOf(guide, "", "dev", "rehearsal")).toEqual(
      Object.entries(PACE).map(([name, value]) => [name, String(usual[name]), String(value)]),
    );
  });

  it("lists each kernel setting that forbids a namespace, with the remedy of the command", () => {
    const rows = tableOf(guide, "setting", "remedy");
    expect(rows).toHaveLength(3);
    for (const [setting = "", remedy = ""] of rows) {
      const [, name, value] = /^(\S+) is (\d)/.exec(setting) ?? [];
      expect(explain("denied", (asked) => (asked === name ? value : undefined)).message).toContain(`'${remedy}'`);
    }
  });

  it("counts the projects whose definitions are installed", () => {
    expect(guide).toContain(`definitions of ${WORDS[CRD_SOURCES.length]} projects`);
  });
});

it("the README gives the number of alerts, which is the number of runbooks", () => {
  expect(read("README.md")).toContain(
    `${globSync("docs/runbooks/*.md", { cwd: PROJECT_FOLDER }).filter((path) => !path.endsWith("README.md")).length} alerts with a runbook each`,
  );
});

it("the keys of the stack config are explained", () => {
  const config = load(read("stacks/config/Pulumi.foundation-dev.yaml")) as { config: Record<string, unknown> };
  const keys = Object.entries(config.config).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? Object.keys(value).map((inner) => `${key} → ${inner}`) : [key],
  );
  const told = tableOf(read("docs/guides/aws.md"), "key", "what", "rule").map(([key]) => key);
  // What may be left out stands in the guide alone; test/docs/aws-guide.test.ts holds the other optional keys.
  const optional = "millrace:owners → repositoryIds";
  expect(told.filter((key) => key !== optional)).toEqual([...keys, "millrace:alertWebhook"]);
  expect(told).toContain(optional);
});

it("CI and the guide name the version of Pulumi that is rehearsed", () => {
  for (const path of [".github/workflows/preview.yml", ".github/workflows/up.yml", ".gitlab-ci.yml", "Jenkinsfile"]) {
    expect([path, /version:? (\d+\.\d+\.\d+)/.exec(read(path))?.[1]]).toEqual([path, CATALOGUE.pulumi.version]);
  }
  expect(read(join("docs", "guides", "aws.md"))).toContain(`CI uses ${CATALOGUE.pulumi.version}`);
});

it("the dev container has the Node that runs everything and a Go that builds every tool", () => {
  const container = load(read(".devcontainer/devcontainer.json").replace(/^ *\/\/.*$/gm, "")) as {
    image: string;
    features: Record<string, { version: string }>;
  };
  const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: { node: string } };
  expect(container.image).toContain(`:${devDependencies.node.split(".")[0]}-`);
  const wanted = globSync("toolchain/modules/*/go.mod", { cwd: PROJECT_FOLDER }).map(
    (file) => /^go (\d+\.\d+)/m.exec(read(file))?.[1] ?? "",
  );
  expect(container.features["ghcr.io/devcontainers/features/go:1"]?.version).toBe(wanted.sort().at(-1));
});
