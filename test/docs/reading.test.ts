import { describe, expect, it } from "vitest";
import { NAME as FEATURES } from "#components/features/pod";
import { planOf } from "../harness/kept.ts";
import { alertRules } from "../monitoring/cases/case.ts";
import { families } from "../monitoring/cases/families.ts";
import { commandsOf, linksOf, pages, read, tableOf } from "./pages.ts";

const expectations = families.flatMap(({ cases }) => cases.flatMap(({ expect: all = [] }) => all));

/** Longest line of a page, in characters: wider ones scroll or wrap on a laptop. */
const WIDTH = 160;

/** Generated pages: their tables are as wide as the rules that they list. */
const GENERATED = ["docs/policies.md", "docs/policies-and-checkov.md"];

const longLines = (text: string): string[] =>
  text.split("\n").flatMap((line, index) => (line.length > WIDTH ? [`line ${index + 1}: ${line.length} characters`] : []));

describe("lines", () => {
  it.each(pages.filter(({ path }) => !GENERATED.includes(path)))(`of $path have at most ${WIDTH} characters`, ({ text }) => {
    expect(longLines(text)).toEqual([]);
  });

  it.each(GENERATED)("of %s are longer: remove the exception once they are not", (path) => {
    expect(longLines(read(path))).not.toEqual([]);
  });
});

describe("the first screen of the README", () => {
  const [title, sentence = "", picture = "", commands = ""] = (read("README.md").split("\n## ")[0] ?? "").trim().split("\n\n");

  it("has one sentence, one picture and two commands", () => {
    expect(title).toBe("# Millrace");
    expect(sentence).toMatch(/^[^.]+\.$/);
    expect(linksOf({ path: "README.md", text: picture })).toEqual(["docs/overview.svg"]);
    expect(commandsOf({ path: "README.md", text: `${commands}\n` })).toEqual(["npm ci && npm start", "npm ci && npm test", ""]);
  });

  it("fits a laptop: the picture is at most 400 pixels high", () => {
    const [, height] = /^<svg[^>]* height="(\d+)"/.exec(read("docs/overview.svg")) ?? [];
    expect(Number(height)).toBeLessThanOrEqual(400);
  });
});

describe("runbooks", () => {
  const BEFORE = "docs/runbooks/README.md";
  const runbooks = pages.filter(({ path }) => path.startsWith("docs/runbooks/") && path !== BEFORE);
  const kubectl = runbooks.flatMap(({ path, text }) =>
    commandsOf({ path, text })
      .filter((command) => command.startsWith("kubectl "))
      .map((command) => ({ path, command })),
  );

  it.each(runbooks)("$path begins with a link to what it assumes, then with what to do first", ({ text }) => {
    expect(text).toMatch(/^# \w+\n\n\[Before you begin\]\(README\.md\): .*\n\n\*\*First:\*\* /);
  });

  it.each(runbooks)("every value that $path leaves open stands in the table of what it assumes", ({ text }) => {
    const told = tableOf(read(BEFORE), "value", "where it is").map(([value]) => value);
    const used = [...text.matchAll(/<([a-z][\w ]*)>/g)].map(([value]) => value).filter((value) => value !== "<values>");
    expect(used.filter((value) => !told.includes(value))).toEqual([]);
  });

  it("assume only labels that their alerts have; the table names the others, with where a person finds the value", () => {
    const table = tableOf(read(BEFORE), "value", "where it is").filter(([, where = ""]) => where.startsWith("label "));
    const lacking = expectations.flatMap(({ alert, severity, firing }) => {
      const { text } = runbooks.find(({ path }) => path.endsWith(`/${alert}.md`))!;
      const given = alertRules.find((rule) => rule.alert === alert && rule.labels["severity"] === severity)?.labels;
      const needed = table
        .filter(([value = "", where = ""]) => text.includes(value) && !where.includes(`[${alert}]`))
        .map(([, where = ""]) => where.split(/[ ;]/)[1]!);
      return firing.flatMap((own) => needed.filter((label) => !(label in { ...given, ...own })).map((label) => [alert, label]));
    });
    expect(lacking).toEqual([]);
  });

  it("name only namespaces that the program makes, and kube-system", async () => {
    const { layers } = await planOf("dev");
    const made = layers
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
      .map(({ inputs }) => inputs["metadata"].name as string);
    const named = kubectl.flatMap(({ command }) => [...command.matchAll(/ -n ([a-z][\w-]*)/g)].map(([, name = ""]) => name));
    expect(named.length).toBeGreaterThan(10);
    // The feature store is there where the config names its image.
    expect(named.filter((name) => ![...made, FEATURES, "kube-system"].includes(name))).toEqual([]);
  });

  it("need no plugin of kubectl", () => {
    // The one mention warns against it.
    expect(kubectl.filter(({ command }) => command.startsWith("kubectl argo")).map(({ command }) => command)).toEqual([
      "kubectl argo rollouts promote",
    ]);
  });
});
