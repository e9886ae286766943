import { describe, expect, it } from "vitest";
import { planOf } from "../harness/kept.ts";
import { commandsOf, linksOf, pages, read } from "./pages.ts";

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
  const runbooks = pages.filter(({ path }) => path.startsWith("docs/runbooks/"));
  const kubectl = runbooks.flatMap(({ path, text }) =>
    commandsOf({ path, text })
      .filter((command) => command.startsWith("kubectl "))
      .map((command) => ({ path, command })),
  );

  it.each(runbooks)("$path begins with what to do first", ({ text }) => {
    expect(text).toMatch(/^# \w+\n\n\*\*First:\*\* /);
  });

  it("name only namespaces that the program makes, and kube-system", async () => {
    const { layers } = await planOf("dev");
    const made = layers
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
      .map(({ inputs }) => inputs["metadata"].name as string);
    const named = kubectl.flatMap(({ command }) => [...command.matchAll(/ -n ([a-z][\w-]*)/g)].map(([, name = ""]) => name));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => ![...made, "kube-system"].includes(name))).toEqual([]);
  });

  it("need no plugin of kubectl", () => {
    // The one mention warns against it.
    expect(kubectl.filter(({ command }) => command.startsWith("kubectl argo")).map(({ command }) => command)).toEqual([
      "kubectl argo rollouts promote",
    ]);
  });
});
