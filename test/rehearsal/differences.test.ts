import { expect, it } from "vitest";
import { isDay } from "#policies/day";
import { COMPARED, differences, REHEARSED_ALONE, versionLines } from "#rehearsal/differences";
import { moduleFolder } from "#toolchain/cache";
import { readPins } from "#toolchain/projects";
import { TOOL_NAMES } from "#toolchain/tools";

it("what is rehearsed in another version than deployed has a reason and a day, and nothing else has", async () => {
  const found = (await differences()).map(({ what }) => what);
  expect(COMPARED.filter(({ reason }) => reason !== undefined).map(({ what }) => what)).toEqual(found);
  for (const { reason = "", since = "" } of COMPARED.filter(({ what }) => found.includes(what))) {
    expect(isDay(since)).toBe(true);
    expect(reason.length).toBeGreaterThan(20);
  }
});

it("every tool and every definition of a rehearsal is compared with what is deployed, or has a reason why not", async () => {
  const modules = [...(await readPins(moduleFolder("projects"))).keys()];
  const known = [...COMPARED.map(({ from }) => from), ...Object.keys(REHEARSED_ALONE)];
  expect(known.toSorted()).toEqual([...TOOL_NAMES, ...modules].toSorted());
});

it("the screen of a rehearsal says every difference, and what is out of support on the day", async () => {
  const before = await versionLines("2026-11-29");
  expect(before).toEqual([
    expect.stringMatching(/^Pulumi's Kubernetes provider: rehearsed 4\.34\.2\+main\.\d+, deployed 4\.34\.2 \(/),
    expect.stringMatching(/^Istio: rehearsed 1\.31\.0-main\.\d+, deployed 1\.31\.1 \(/),
    expect.stringMatching(/^External Secrets' definitions: rehearsed 1\.3\.2, deployed 2\.12\.0 \(/),
    expect.stringMatching(/^PostgreSQL: rehearsed 17\.10, deployed 17\.7 \(/),
  ]);
  expect(await versionLines("2028-11-29")).toEqual([
    ...before,
    "Kubernetes on EKS 1.36: out of support since 2027-08-02",
    ...["base", "istiod", "gateway"].map((chart) => `chart ${chart} 1.31.1: out of support since 2027-02-28`),
  ]);
});
