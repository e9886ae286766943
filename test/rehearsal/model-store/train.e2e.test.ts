import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { FAULTS, type Fault, labelsFor, questionsFor, trainHere } from "#rehearsal/model-store/train";
import { run } from "#toolchain/command";
import { MachineError } from "#toolchain/errors";
import { provideTools } from "#toolchain/toolchain";

const store = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

/** Loads a version as a model server does, and predicts with it. */
const PREDICT = `
import json, sys
import mlflow.pyfunc, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
frame = json.loads(sys.argv[2])["dataframe_split"]
print(json.dumps(model.predict(pd.DataFrame(frame["data"], columns=frame["columns"], dtype=float)).tolist()))
`;

async function predict(folder: string, body: string): Promise<number[][] | string> {
  const { "model-server": tool } = await provideTools(["model-server"]);
  const [program, ...args] = tool.commands.python;
  const { code, stdout, stderr } = await run(program, [...args, "-c", PREDICT, folder, body]);
  return code === 0 ? (JSON.parse(stdout) as number[][]) : stderr;
}

it("versions have the digest that the command of the guide gives, another one each, and answer the questions beside them", async () => {
  const folder = store();
  const trained = await trainHere(folder, [
    { model: "fraud", version: "4" },
    { model: "fraud", version: "6" },
    { model: "second-model", version: "1" },
  ]);
  const guide = readFileSync(join(PROJECT_FOLDER, "docs", "model-server.md"), "utf8");
  const command = /^cd "\$MODEL_DIR" && .+$/m.exec(guide)?.[0] ?? "";
  for (const { model, version, sha256, metrics } of trained) {
    const env = { ...process.env, MODEL_DIR: join(folder, "models", model, version) };
    expect(execFileSync("sh", ["-ec", command], { env, encoding: "utf8" }).split(" ")[0]).toBe(sha256);
    expect(metrics.test["auc"]).toBeGreaterThan(0.9);
  }
  expect(new Set(trained.map(({ sha256 }) => sha256)).size).toBe(3);
  const [question = ""] = questionsFor(folder, "second-model");
  const [chances] = (await predict(join(folder, "models", "second-model", "1"), question)) as number[][];
  expect(chances).toHaveLength(3);
  expect(chances!.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1);
});

it("a version with a fault has it in its files", async () => {
  const folder = store();
  const faults = Object.keys(FAULTS) as Fault[];
  await trainHere(folder, [
    { model: "fraud", version: "1" },
    ...faults.map((fault, at) => ({ model: "fraud", version: String(at + 2), fault })),
  ]);
  const of = (fault?: Fault): string => join(folder, "models", "fraud", String(fault ? faults.indexOf(fault) + 2 : 1));
  const questions = questionsFor(folder, "fraud").map(
    (text) => JSON.parse(text) as { dataframe_split: { columns: string[]; data: number[][] } },
  );
  const rows = questions.flatMap(({ dataframe_split: { data } }) => data).toSorted((one, other) => one[0]! - other[0]!);
  const asking = (row: number[]): string =>
    JSON.stringify({ dataframe_split: { ...questions[0]!.dataframe_split, data: [row] } });
  const [low, high] = [asking(rows[0]!), asking(rows.at(-1)!)];
  const [good] = (await predict(of(), low)) as number[][];
  expect(await predict(of("latency"), low)).not.toHaveLength(0);
  // Each version is trained on other rows.
  const all = JSON.stringify({
    dataframe_split: { ...questions[0]!.dataframe_split, data: questions.flatMap(({ dataframe_split: { data } }) => data) },
  });
  const labels = labelsFor(folder, "fraud");
  const right = async (fault?: Fault): Promise<number> => {
    const predicted = (await predict(of(fault), all)) as number[][];
    return predicted.filter((chances, at) => chances.indexOf(Math.max(...chances)) === labels[at]).length / labels.length;
  };
  expect(good![1]! > 0.9).toBe(true);
  expect([(await right()) > 0.9, (await right("accuracy")) < 0.75]).toEqual([true, true]);
  expect(await predict(of("drift"), low)).toEqual([[0.5, 0.5]]);
  expect(await predict(of("errors"), low)).toHaveLength(1);
  expect(await predict(of("errors"), high)).toContain("no bin for this value");
  expect(await predict(of("crash"), low)).toContain("a file of the model cannot be read");
});

it("says what to do about a model that was never trained", () => {
  expect(() => questionsFor("/nowhere", "spam")).toThrow(MachineError);
  expect(() => questionsFor("/nowhere", "spam")).toThrow("Nobody knows what to ask 'spam': no version of it was trained here.");
});
