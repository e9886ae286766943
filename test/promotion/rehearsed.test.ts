import { describe, expect, it } from "vitest";
import { demandNothingReplaced } from "#promotion/rehearsed";

const NAMES = [
  "MILLRACE_RELEASES",
  "MILLRACE_PROJECT",
  "MILLRACE_POLICY_CONFIG",
  "MILLRACE_EXCEPTIONS",
  "MILLRACE_TODAY",
  "MILLRACE_PROMOTION_PACE",
];

describe("what is promoted by something else than the repository says", () => {
  it.each(NAMES)("is refused with %s, but for stacks in a folder", (name) => {
    for (const backend of [undefined, "", "s3://state", "https://api.example.com", " file:///x", "FILE:///x", "file:/x"]) {
      expect(() => demandNothingReplaced({ [name]: "/x", PULUMI_BACKEND_URL: backend }), backend).toThrow(
        `${name} must be unset where the stacks are not in a folder (PULUMI_BACKEND_URL=file://…), got '/x': it is for rehearsals`,
      );
    }
    expect(() => demandNothingReplaced({ [name]: "", PULUMI_BACKEND_URL: "s3://state" })).toThrow(`${name} must be unset`);
    demandNothingReplaced({ [name]: "/x", PULUMI_BACKEND_URL: "file:///x?metadata=skip" });
  });

  it("is nothing where none is set", () => demandNothingReplaced({ PATH: "/bin", MILLRACE_HOME: "/home" }));

  it("is refused for all of them at once", () => {
    const all = Object.fromEntries(NAMES.map((name) => [name, "/x"]));
    expect(() => demandNothingReplaced(all)).toThrow(new RegExp(NAMES.map((name) => `${name} must be unset.*`).join("\n")));
  });
});
