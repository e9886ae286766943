import { expect, it } from "vitest";
import type { Sample } from "#rehearsal/traffic/sample";
import { releaseLine, sharesOf } from "#rehearsal/traffic/watch";

const samples = (counts: Record<string, number>): Sample[] =>
  Object.entries(counts).flatMap(([version, count]) =>
    Array.from({ length: count }, () => ({ at: 0, ms: 1, status: version === "" ? 0 : 200, version })),
  );

it("the shares are those of all requests, by number of the version", () => {
  expect(sharesOf(samples({ "10": 5, "9": 90, "": 5 }))).toBe("v9 90.0 %  v10 5.0 %");
  expect(sharesOf(samples({ "": 3 }))).toBe("no answers");
  expect(sharesOf([])).toBe("no answers");
});

it("a release is told with its step and the controller's reason, a model at rest without", () => {
  const spec = { strategy: { canary: { steps: [{}, {}, {}] } } };
  const status = { phase: "Paused", message: "CanaryPauseStep", currentStepIndex: 1 };
  expect(releaseLine({ rollout: { spec, status } })).toBe("release Paused, step 1 of 3: CanaryPauseStep");
  expect(releaseLine({ rollout: { spec, status: { phase: "Healthy", currentStepIndex: 3 } } })).toBe("release Healthy");
  expect(releaseLine({ rollout: {} })).toBe("release unknown");
});
