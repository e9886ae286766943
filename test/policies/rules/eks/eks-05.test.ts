import { expect, it } from "vitest";
import { KUBERNETES } from "#components/versions";

import { ENVIRONMENTS } from "#policies/rule";
import { describeRule, ruleOf } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-05", [
  {
    ...cluster,
    what: "a version out of support",
    change: (inputs) => (inputs.version = "1.31"),
    says: "platform-prod/cluster: 'version' must be one of 1.34, 1.35, 1.36, got '1.31'",
    unknown: "version",
  },
  {
    ...cluster,
    what: "whichever version is the newest that day",
    change: (inputs) => delete inputs.version,
    says: "platform-prod/cluster: 'version' must be one of 1.34, 1.35, 1.36, got 'nothing'",
  },
  {
    ...cluster,
    what: "extended support, which AWS gives unasked",
    change: (inputs) => delete inputs.upgradePolicy,
    says: "platform-prod/cluster: 'upgradePolicy.supportType' must be STANDARD, got 'EXTENDED'",
    unknown: "upgradePolicy.supportType",
  },
]);

it("EKS-05 knows the versions that the components know", () => {
  const { parameters } = ruleOf("EKS-05");
  for (const environment of ENVIRONMENTS) {
    expect(parameters?.[environment]).toEqual({ versions: Object.keys(KUBERNETES.standardSupportEnds) });
  }
});
