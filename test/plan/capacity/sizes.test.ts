import { describe, expect, it } from "vitest";
import { capacityOf } from "#plan/capacity/capacity";
import { planEnvironment } from "#plan/environment";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName, type Profile } from "#stacks/inputs/environments/profile";

/** Plans an environment with a changed profile. */
async function capacityWith(environment: EnvironmentName, change: (profile: Profile) => void) {
  const before = structuredClone(profiles[environment]);
  change(profiles[environment]);
  try {
    return capacityOf(await planEnvironment(environment));
  } finally {
    Object.assign(profiles[environment], before);
  }
}

describe.each(ENVIRONMENTS)("capacity of %s", (environment) => {
  it("holds every pod, at rest, in a release, and with all autoscalers at their maximum", async () => {
    const { refusals, pools } = await capacityWith(environment, () => undefined);
    expect(refusals).toEqual([]);
    expect(pools.map(({ pool }) => pool)).toEqual(["system", "cpu", "inference", "training"]);
  });

  it("refuses the system nodes one zone smaller, in one sentence", async () => {
    const { refusals } = await capacityWith(environment, ({ cluster }) => (cluster.system.min -= 1));
    expect(refusals[0]).toMatch(
      new RegExp(
        `^${environment}: pool 'system' does not fit .*: [\\d,]+m CPU and [\\d.]+ GiB asked, [\\d,]+m and [\\d.]+ GiB allocatable on \\d × [\\w.]+; no node for .+: raise \`cluster.system.min\`, or choose a larger \`cluster.system.instanceType\`$`,
      ),
    );
  });

  it("refuses the CPU pool one node smaller, in one sentence", async () => {
    const step = environment === "prod" ? 8 : 4;
    const { refusals } = await capacityWith(environment, ({ cpu }) => (cpu.maxCpus -= step));
    expect(refusals).toEqual([
      expect.stringMatching(
        new RegExp(`^${environment}: pool 'cpu' does not fit with all autoscalers at their maximum: .+: raise \`cpu.maxCpus\``),
      ),
    ]);
  });

  it("refuses GPU servers that their pool has no room for", async () => {
    const { refusals } = await capacityWith(environment, ({ serving, gpu }) => {
      serving.gpus = 1;
      serving.minReplicas = 1;
      // The pool holds one version at its largest, and a release needs two.
      serving.maxReplicas = gpu.inference.maxGpus;
    });
    expect(refusals).toEqual([expect.stringMatching(/pool 'inference' does not fit .+: raise `gpu.inference.maxGpus`$/)]);
  });
});

it("tells what the loss of a zone stops, and refuses it only where the profile says that the platform survives", async () => {
  const staging = await capacityWith("staging", () => undefined);
  expect(staging.notes).toEqual([expect.stringContaining("staging: pool 'system' does not fit with one zone lost")]);
  expect(staging.waitForZone).toContain("monitoring/prometheus");
  const strict = await capacityWith("staging", ({ cluster }) => (cluster.survivesZoneLoss = true));
  expect(strict.refusals).toEqual(staging.notes);
  expect((await capacityWith("prod", () => undefined)).waitForZone).toEqual(["monitoring/prometheus-pushgateway"]);
});

it("refuses yesterday's sizes: two nodes that anybody's pods may stand on", async () => {
  const { refusals } = await capacityWith("dev", ({ cluster }) => (cluster.system.min = 2));
  expect(refusals[0]).toContain("dev: pool 'system' does not fit");
  expect(refusals[0]).toContain("3,860m and 11.7 GiB allocatable on 2 × t3.large");
});
