import { expect, it } from "vitest";
import { leavers } from "#rehearsal/scenarios/users";

/** A request that was answered at this moment, after so many milliseconds. */
const sample = (person: string, version: string, at: number, ms = 5) => ({ person, version, at, ms, status: 200 });

it("a user to whom the old version answers after the new one has left it", () => {
  const samples = [sample("ada", "3", 10), sample("ada", "4", 20), sample("ben", "4", 21), sample("ada", "3", 40)];
  expect(leavers(samples, "4")).toEqual(["ada"]);
  expect(leavers(samples.toReversed(), "4")).toEqual(["ada"]);
});

it.each([
  ["who was with the old version before", [sample("ada", "3", 10), sample("ada", "4", 20), sample("ada", "4", 30)]],
  ["whose two requests were under way together", [sample("ada", "4", 20), sample("ada", "3", 24, 9)]],
  ["who got no answer", [sample("ada", "4", 20), sample("ada", "", 40)]],
])("a user %s has not left", (_, samples) => expect(leavers(samples, "4")).toEqual([]));
