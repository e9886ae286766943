import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requirementsOf } from "#toolchain/python";
import { CATALOGUE } from "#toolchain/tools";
import { EARLIER, provideEarlierMlflow } from "./earlier-mlflow.ts";
import { told } from "./told.ts";

it("the earlier version is the minor before ours, and the one that is pinned", () => {
  const [major, minor = 0] = CATALOGUE.mlflow.version.split(".").map(Number);
  expect(EARLIER.version).toMatch(new RegExp(`^${major}\\.${minor - 1}\\.`));
  for (const name of ["mlflow", "mlflow-skinny", "mlflow-tracing"]) {
    expect(readFileSync(requirementsOf(EARLIER.recipe), "utf8")).toContain(`\n${name}==${EARLIER.version} `);
  }
});

describe("the migration from the minor version before ours", () => {
  const result = told("upgrade-program.ts", provideEarlierMlflow);

  it("begins with a history", () => {
    const { runs, versions, traces, judged } = result()["recorded"];
    expect(runs).toHaveLength(4);
    expect(versions).toHaveLength(2);
    expect(traces).toHaveLength(1);
    expect(judged).toHaveLength(1);
    expect(result()["before"]).toMatchObject({ metrics: 100, registered_model_aliases: 2, spans: 2 });
    expect(result()["versions"].before).toHaveLength(2);
  });

  it("leaves nothing where it was killed before its end", () => {
    expect(result()["killed"]).toEqual(result()["before"]);
  });

  it("ends well when it runs again", () => {
    expect(result()["again"]).toMatchObject({ succeeded: true });
  });

  it("keeps every row of every table that both versions have", () => {
    const { before, after, sameColumns, changed } = result();
    const both = Object.keys(before).filter((table) => table in after);
    expect(both.length).toBeGreaterThan(50);
    // The name of a trace, which was a tag, is a column of 3.17.
    const wanted = { ...before, trace_tags: before.trace_tags - before.trace_info };
    expect(both.map((table) => [table, after[table]])).toEqual(both.map((table) => [table, wanted[table]]));
    // Byte for byte where the columns are the same, but for that tag and the number of the schema itself.
    expect(sameColumns).toEqual(expect.arrayContaining(["runs", "metrics", "params", "tags", "model_versions"]));
    expect(changed).toEqual(["alembic_version", "trace_tags"]);
  });

  it("lets clients read what they have read before, files byte for byte", () => {
    expect(result()["read"]).toEqual(result()["recorded"]);
    expect(result()["versions"].after).toEqual(result()["versions"].before);
  });

  it("keeps the server of the version before from starting", () => {
    expect(result()["refused"].succeeded).toBe(false);
    expect(result()["refused"].said).toContain("Detected out-of-date database schema");
  });
});
