import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { commandsIn, documentedCommands } from "#rehearsal/runbooks/documented";
import { filled, inOrder, NOT_HERE, type Scene, whyNot } from "#rehearsal/runbooks/table";

const scene: Scene = { environment: "dev", model: "fraud", team: "risk", namespace: "models-risk", version: "4" };
const command = (text: string) => ({ at: "docs/runbooks/A.md:1", text });

describe("the commands of a file", () => {
  it("are the lines of its blocks, without comments and joined where they continue, and the calls in its sentences", () => {
    const markdown = [
      "# A",
      "Type `kubectl get",
      "pods`, not `stacks/`.",
      "```sh",
      "# first",
      "kubectl cordon <node>   # why",
      "curl -i \\",
      "  http://a",
      "```",
      "```",
      "kubectl in an output",
      "```",
    ];
    expect(commandsIn("A.md", markdown.join("\n"))).toEqual([
      { at: "A.md:6", text: "kubectl cordon <node>" },
      { at: "A.md:7", text: "curl -i http://a" },
      { at: "A.md:2", text: "kubectl get pods" },
    ]);
  });

  it("hold a loop or a text for a command's input as one command", () => {
    expect(commandsIn("A.md", "```sh\nfor e in a b; do\n  kubectl get $e\ndone\n```\n").map(({ text }) => text)).toEqual([
      "for e in a b; do\n  kubectl get $e\ndone",
    ]);
  });
});

describe("guides and runbooks", () => {
  const all = documentedCommands(PROJECT_FOLDER);

  it("have only commands that a rehearsal runs with what is in its table, or leaves out for a reason", () => {
    const run = all.filter((each) => whyNot(each) === undefined).map((each) => filled(each, scene));
    expect(run.filter(({ text }) => /<[\w -]+>/.test(text))).toEqual([]);
    expect(new Set(run.map(({ at }) => at.split("/")[1]))).toEqual(new Set(["guides", "runbooks"]));
  });

  it("have a command for each reason to leave one out", () => {
    expect(
      NOT_HERE.filter((_, index) => !all.some(({ text }) => NOT_HERE.findIndex((each) => each.command.test(text)) === index)),
    ).toEqual([]);
  });

  it("name no call of the program without npx, which finds it", () => {
    expect(all.filter(({ text }) => text.startsWith("millrace "))).toEqual([]);
  });
});

describe("a command", () => {
  it("gets values for its placeholders; a pod is one of the namespace that it names", () => {
    expect(filled(command("kubectl -n models-<team> get rollout <model>"), scene).text).toBe(
      "kubectl -n models-risk get rollout fraud",
    );
    expect(filled(command("kubectl -n mlflow logs <pod>"), scene).text).toContain("$(kubectl -n mlflow get pods ");
  });

  it("with a placeholder that nobody fills is refused with its place", () => {
    expect(() => filled(command("kubectl get <thing>"), scene)).toThrow(
      "docs/runbooks/A.md:1: '<thing>' must be in the table of placeholders",
    );
  });

  it("comes once, and nothing is read after it was deleted", () => {
    const texts = [
      "kubectl delete nodeclaim a",
      "pulumi up -s workloads-dev",
      "kubectl cordon a",
      "kubectl describe nodeclaim a",
      "kubectl cordon a",
    ];
    expect(inOrder(texts.map(command)).map(({ text }) => text)).toEqual([
      "kubectl describe nodeclaim a",
      "kubectl cordon a",
      "kubectl delete nodeclaim a",
      "pulumi up -s workloads-dev",
    ]);
  });
});
