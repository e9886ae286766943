import { expect, it } from "vitest";
import { drill } from "#promotion/drill/drill";

/** What a pod says of a database at a time. */
const said = (at: string, rows = 1): string =>
  [{ at }, { table: "runs", columns: ["run_uuid"], parts: { "1": [rows, "1"] } }, { end: true }]
    .map((line) => JSON.stringify(line))
    .join("\n");

/** A live database that is read at one time after the other, and what its backups give. */
function ground(times: string[], restored: string | Error) {
  const done: string[] = [];
  const run = async (_: string, host?: string): Promise<string> => {
    done.push(`read ${host ?? "live"}`);
    return host === undefined ? said(times.shift()!) : said("2026-12-01T05:00:01.000Z", Number(host));
  };
  const backups = {
    async restore(at: Date): Promise<string> {
      done.push(`restore ${at.toISOString()}`);
      if (restored instanceof Error) {
        throw restored;
      }
      return restored;
    },
    async remove(): Promise<void> {
      done.push("remove");
    },
  };
  return { done, work: () => drill(run, backups, () => undefined) };
}

const TIMES = ["2026-12-01T05:00:00.250Z", "2026-12-01T05:00:00.900Z", "2026-12-01T05:00:01.001Z"];

it("a drill restores to a second between two looks, and removes what it has restored", async () => {
  const { done, work } = ground([...TIMES], "1");
  expect(await work()).toMatchObject({ at: new Date("2026-12-01T05:00:01Z"), faults: [], compared: 1 });
  expect(done).toEqual(["read live", "read live", "read live", "restore 2026-12-01T05:00:01.000Z", "read 1", "remove"]);
});

it("a drill finds a restored database that is another", async () => {
  expect((await ground([...TIMES], "2").work()).faults).toEqual(["table runs has 1 rows too many, in 1 of 1 parts"]);
});

it("a drill whose restore fails removes what there is", async () => {
  const { done, work } = ground([...TIMES], new Error("no room"));
  await expect(work()).rejects.toThrow("no room");
  expect(done.at(-1)).toBe("remove");
});
