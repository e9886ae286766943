import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { reportPage, writeReport } from "#rehearsal/report";
import { outcome, promoted } from "./sample.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a reader sees: no style, no picture, no tags, one blank between words. */
const textOf = (page: string): string =>
  page
    .replace(/<(style|svg|title).*?<\/\1>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

describe("the report", () => {
  it("shows everything that was found out", () => {
    expect(textOf(reportPage(outcome()))).toBe(
      [
        "Rehearsal of dev: it holds",
        "2026-11-21 15:28 UTC · 302 s · 1 phase skipped · AWS simulated · no certificates",
        "fraud version 4: promoted 23,168 requests at 250 a second, 0 failed.",
        "Area: share of the new version that users met. Dashed: share asked for. Red bars: failed requests. Dots above: verdicts of the analysis.",
        "wanted observed deviation requests failed p50 p99",
        "5 % 5.40 % 1.05 σ 3250 0 4.1 ms 12.3 ms",
        "20 % 19.20 % -1.14 σ 3250 0 4.1 ms 12.3 ms",
        "50 % 50.00 % 0.00 σ 3250 0 4.1 ms 12.3 ms",
        "100 % 100.00 % 0.00 σ 3250 0 4.1 ms 12.3 ms",
        "every event 0.5 s weight new version at 50 % 1.0 s analysis fraud-2 Running: 1.5 s analysis fraud-2 Successful: error-share [0]",
        "2.0 s weight new version at 100 % 2.9 s weight new version at 0 %",
        "fraud version 5: rolled back 6,579 requests at 250 a second, 47 failed, 47 of them answered by the bad version.",
        "11.4 s from its first answer to the verdict, 0.52 s more until its last answer. error-share assessed Failed &amp; done",
        "Area: share of the new version that users met. Dashed: share asked for. Red bars: failed requests. Dots above: verdicts of the analysis.",
        "wanted observed deviation requests failed p50 p99 5 % 5.00 % 0.00 σ 3250 0 4.1 ms 12.3 ms",
        "every event 0.5 s weight new version at 5 % 1.2 s analysis fraud-3 Failed: error-share [0.31]",
        "1.3 s rollout Degraded, step 3, aborted 1.4 s weight new version at 0 %",
        "Phases ✓ tools nothing built 0.0 s – release not asked for (--no-traffic) 0.0 s",
        "Layers layer made by resources seconds foundation aws 92 random 3 95 7.4",
        "Training on GPUs Team second handed in two jobs of 2 GPUs, one of them on what team risk left idle: admitted after 0.2 s, on new nodes (4 × g6.xlarge) after 6.7 s.",
        "Then risk took its part back within 1.1 s, without a new node. At the end no node was left; 114 GPU seconds were bought.",
        "a third job waited insufficient unused quota a job was stopped reclamation within the cohort a pod of an administrator refused: it must come from a Job",
        "G2 all empty nodes may go at once",
        "Charts from their projects' sources: kueue recorded, pods only: argo-rollouts",
        "What ran envoy 1.40.0 cache Resident memory, MiB: istiod 120",
        "Times shortened for the rehearsal stepSeconds 14 Everything else is the object that dev gets.",
      ].join(" "),
    );
  });

  it("shows the second team, of bad changes and of the order of deletions", () => {
    const told = outcome({
      releases: [promoted({ untouched: ["second-model"] })],
      answers: [
        { model: "fraud", version: "3" },
        { model: "second-model", version: "1" },
      ],
      secondTeam: { team: "second", model: "second-model", created: 31 },
      mutants: [{ rule: "GPU-03", what: "4,096 GPUs in a pool", level: "advisory" }],
      admission: [{ rule: "K8S-01", refusedBy: "our policy" }],
      deletionOrder: { components: 2, pairs: 1_240, faults: [{ component: "C 'q'", late: "Job 'j'", gone: "Chart 'c'" }] },
    });
    const text = textOf(reportPage(told));
    for (const part of [
      "0 failed. Untouched: second-model.",
      "Team second and model second-model were two entries, a version in the release and one up : 31 resources created, no other changed.",
      "Through the gateway answered fraud version 3 and second-model version 1.",
      "GPU-03 4,096 GPUs in a pool advised against not tried K8S-01 not tried refused: our policy",
      "2 components depend on something; 1,240 pairs of resources were compared, 1 in the wrong order . of component deleted too late it needs, and was gone C 'q' Job 'j' Chart 'c'",
    ]) {
      expect(text).toContain(part);
    }
    expect(textOf(reportPage(outcome({ deletionOrder: { components: 1, pairs: 2, faults: [] } })))).toContain(
      "all in the right order",
    );
  });

  it("says which phase failed, why and where to read on", () => {
    const failure = { phase: "platform", reason: "<b> refused", log: "/logs/up.log" };
    const phases = [{ name: "platform" as const, state: "failed" as const, detail: "no", seconds: 1 }];
    expect(textOf(reportPage(outcome({ ok: false, failure, phases, releases: [] })))).toMatch(
      /^Rehearsal of dev: it does not hold .* platform : &lt;b&gt; refused \/logs\/up.log Phases ✗ platform no 1.0 s Layers/,
    );
  });

  it("is one file that fetches nothing", () => {
    expect(reportPage(outcome())).not.toMatch(/\b(src|href)=|@import|url\(/);
  });

  it("is written with the same facts as JSON beside it", () => {
    const told = outcome();
    writeReport(join(folder, "new", "rehearsal-dev.html"), told);
    expect(readFileSync(join(folder, "new", "rehearsal-dev.html"), "utf8")).toBe(reportPage(told));
    expect(JSON.parse(readFileSync(join(folder, "new", "rehearsal-dev.json"), "utf8"))).toEqual(told);
  });
});
