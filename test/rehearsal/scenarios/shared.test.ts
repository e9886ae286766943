import { expect, it } from "vitest";
import { shared } from "#rehearsal/scenarios/shared";
import type { Stage } from "#rehearsal/scenarios/stage";

it("makes a release once for all that look at it, and anew for one that looks again and for another rehearsal", async () => {
  let made = 0;
  const look = shared(async () => (made += 1));
  const [one, other] = [{ outcome: {} }, { outcome: {} }] as [Stage, Stage];
  expect(await Promise.all([look(one, "good"), look(one, "sticky"), look(one, "good")])).toEqual([1, 1, 2]);
  expect(await look(one, "sticky")).toBe(2);
  expect(await look(other, "sticky")).toBe(3);
});

it("fails all that look at a release that fails", async () => {
  const look = shared(() => Promise.reject(new Error("the gateway is gone")));
  const stage = { outcome: {} } as Stage;
  await expect(look(stage, "good")).rejects.toThrow("the gateway is gone");
  await expect(look(stage, "sticky")).rejects.toThrow("the gateway is gone");
});
