import { describe, expect, it } from "vitest";
import { doctorText, readiness } from "#cli/doctor";
import { plainly } from "#render/terminal";
import { examine, type Finding } from "#toolchain/doctor";

const findings: Finding[] = [
  { what: "Node.js 24", need: "plan", state: "ok", found: "24.21.0" },
  { what: "ip", need: "rehearse", state: "missing", remedy: "Install iproute2." },
  {
    what: "pulumi 3.259.0: runs the stacks",
    need: "rehearse",
    state: "will be built",
    remedy: "Nothing; it takes about 4 min on two cores, once.",
  },
  { what: "AWS credentials", need: "up", state: "ok", found: "AWS_PROFILE is set" },
];

const without = (what: string): Finding[] => findings.filter((finding) => finding.what !== what);

describe("doctor", () => {
  it("lists for each command what is found, what will be built and what is missing, with remedies", () => {
    expect(plainly(doctorText(findings))).toBe(`npx millrace plan <environment>   ready
  ✓ Node.js 24   24.21.0

npx millrace rehearse <environment>   not ready
  ✗ ip   missing
      Install iproute2.
  ○ pulumi 3.259.0: runs the stacks   will be built
      Nothing; it takes about 4 min on two cores, once.

pulumi up -s <layer>-<environment>   ready
  ✓ AWS credentials   AWS_PROFILE is set`);
  });

  it("is ready for a command when nothing is missing; a tool that will be built is not missing", () => {
    expect(readiness(findings)).toEqual({ plan: true, rehearse: false, up: true });
    expect(readiness(without("ip"))).toEqual({ plan: true, rehearse: true, up: true });
    expect(readiness([{ what: "git", need: "plan", state: "missing" }])).toEqual({ plan: false, rehearse: false, up: false });
  });

  it("has findings about this machine for every command, and a remedy for each one that is not ok", async () => {
    const found = await examine();
    expect(new Set(found.map(({ need }) => need))).toEqual(new Set(["plan", "rehearse", "up"]));
    expect(found.filter(({ state, remedy }) => state !== "ok" && remedy === undefined)).toEqual([]);
  });
});
