import { describe, expect, it } from "vitest";
import { dashboardRole, peopleOf, readersOf, trackingRights } from "#stacks/rights";

const groups = { dataScientists: "risk-data-scientists", mlEngineers: "risk-ml-engineers" };

describe("what follows from the table of rights", () => {
  it("is for a team's namespaces what its own groups and the SREs may do", () => {
    expect(peopleOf(groups, "prod")).toEqual({
      train: ["risk-data-scientists", "risk-ml-engineers"],
      observe: ["risk-data-scientists"],
      operate: ["risk-ml-engineers", "millrace-sre"],
    });
  });

  it("is for the whole cluster that SREs read logs and auditors none", () => {
    expect(readersOf("prod")).toEqual([
      { role: "sre", group: "millrace-sre", logs: true },
      { role: "auditor", group: "millrace-auditors", logs: false },
    ]);
  });

  it("is for Grafana one expression, the strongest role first", () => {
    expect(dashboardRole("prod")).toBe(
      "contains(not_null(groups, `[]`), 'millrace-platform-engineers') && 'Admin' || " +
        "contains(not_null(groups, `[]`), 'millrace-sre') && 'Editor' || 'Viewer'",
    );
  });

  it("is for MLflow that nobody but the promotion edits models in prod, and that no role is anything by default", () => {
    const prod = trackingRights("prod");
    expect(prod["data-scientist"]).toEqual(["read-registry"]);
    expect(prod["ml-engineer"]).toEqual(["read-registry"]);
    expect(prod.ci).toEqual(["read-registry", "register-candidates", "bring-versions", "set-candidate", "set-champion"]);
    expect(prod.trainer).toEqual(["read-registry", "track-runs"]);
    expect(prod["platform-engineer"]).toEqual(["read-registry", "administer-tracking"]);
    const staging = trackingRights("staging");
    expect(staging["data-scientist"]).toEqual(["read-registry", "track-runs", "register-candidates", "set-candidate"]);
    expect(staging["ml-engineer"]).toEqual(staging["data-scientist"]);
    expect(trackingRights("dev")["ml-engineer"]).toEqual([...staging["data-scientist"], "set-champion"]);
  });
});
