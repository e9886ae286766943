import { pointAt } from "#promotion/releases/write";
import { readPointer } from "#stacks/inputs/releases/read";
import { nextVersions, weightsOf } from "../models.ts";
import type { ReleaseResult } from "../outcome.ts";
import { type Choice, type Context, phase } from "../phase.ts";
import { releaseVersion } from "../releases.ts";
import { rolloutOf, untilAtRest } from "../served.ts";
import { rehearseRelease } from "../traffic/release.ts";
import { answerInVersion } from "./layers.ts";
import { trainedAs } from "./models.ts";
import { demandUntouched } from "./second-team.ts";

/** Old pods are stopped this long after the promotion at the latest: users go on until after that, seconds. */
export const AFTER_PROMOTION = 16;
const AFTER_ROLLBACK = 8;
/** A share that is further off is not chance: 1 in 16,000 (two-sided normal tail). */
const MAX_SIGMAS = 4;
/** Part of the answers that the new version must give at 100 %, percent. Not all: a gateway may learn of the last step a moment late. */
const MIN_FULL_SHARE = 99;
/** Traffic must be off the bad version within so many seconds of the verdict. */
const MAX_LAST_ANSWER = 5;

/** A good version takes over real traffic step by step. No user and no other model notices. */
export const goodRelease = phase({
  name: "release",
  summary: "releases a good version under load: shares as asked for, no request failed, the other model untouched",
  needs: ["control-plane", "project", "models", "workloads", "second-team"],
  skip: withoutTraffic,
  run: async (context) => {
    const { cluster, second, outcome } = context;
    const before = await rolloutOf(cluster.kube, second);
    const result = await release(context, "good");
    outcome.releases.push(result);
    demandGood(result);
    demandUntouched(second.model, before, await rolloutOf(cluster.kube, second));
    await answerInVersion(cluster, second);
    result.untouched = [second.model];
    const { version, windows, total } = result;
    const shares = windows.map(({ wanted }) => wanted).join(" → ");
    const observed = windows.map(({ observed: share }) => share.toFixed(1)).join(" · ");
    return {
      detail: `v${version}: ${shares} %   observed ${observed}   (≤ ${worstOf(result).toFixed(1)} σ)   0 failed of ${total.toLocaleString("en")}   ${second.model} untouched`,
    };
  },
});

/** A version that answers a part of its requests with an error is taken back by its analysis, without a person. */
export const badRelease = phase({
  name: "bad-release",
  summary: "releases a version that fails: its measurements take it back, and no other version fails a request",
  needs: ["control-plane", "project", "models", "workloads", "first-answer"],
  skip: withoutTraffic,
  run: async (context) => {
    const { environment, workspace, served, cluster, outcome, update } = context;
    const before = readPointer(environment, workspace.releases).models[served.model] ?? "";
    const result = await release(context, "bad");
    outcome.releases.push(result);
    demandBad(result);
    const { version, faultToAbort = NaN, abortToLastAnswer = NaN, failed, total, windows } = result;
    update(`asking for ${served.model} as it was`);
    pointAt(environment, served.model, before, workspace.releases);
    const asked = Date.now();
    await workspace.engine.up(`workloads-${environment}`);
    await untilAtRest(cluster.kube, served, 60);
    result.revertSeconds = (Date.now() - asked) / 1000;
    const weight = windows.at(-1)?.wanted ?? 0;
    return {
      detail: `v${version}: rolled back ${faultToAbort.toFixed(1)} s after its first answer, at weight ${weight} · last bad answer ${abortToLastAnswer.toFixed(2)} s later · ${failed} requests failed of ${total.toLocaleString("en")}`,
    };
  },
});

/** @throws {Error} when users noticed a good release, or the gateway served other shares than those that were asked for. */
export function demandGood(result: ReleaseResult): void {
  const { model, windows, failed, total } = result;
  demand(failed === 0, `a good release must fail no request, it failed ${failed} of ${total}`);
  const [wanted, met] = [weightsOf(model), windows.map((window) => window.wanted)].map((shares) => shares.join(" → "));
  demand(met === wanted, `a release must go through the shares ${wanted} %, it went through ${met || "no share"}`);
  const empty = windows.find((window) => window.total === 0);
  demand(empty === undefined, `requests must come in at each share, none came in at ${empty?.wanted} %`);
  const worst = worstOf(result);
  demand(
    worst <= MAX_SIGMAS,
    `shares must lie within ${MAX_SIGMAS} σ of what was asked for, one lies ${worst.toFixed(1)} σ away`,
  );
  const full = windows.at(-1)?.observed ?? 0;
  demand(
    full >= MIN_FULL_SHARE,
    `at 100 % the new version must give at least ${MIN_FULL_SHARE} % of the answers, it gave ${full.toFixed(1)} %`,
  );
}

/** Furthest that a share lies from what was asked for, in standard errors. */
const worstOf = ({ windows }: ReleaseResult): number => Math.max(...windows.map(({ sigmas }) => Math.abs(sigmas)));

/** @throws {Error} when a bad release failed requests of another version, or kept its users after the verdict. */
export function demandBad({ failed, failedByNew, abortToLastAnswer = NaN }: ReleaseResult): void {
  demand(failed === failedByNew, `only the bad version may fail requests, ${failed - failedByNew} failed elsewhere`);
  demand(
    abortToLastAnswer <= MAX_LAST_ANSWER,
    `traffic must be off the bad version ${MAX_LAST_ANSWER} s after the verdict, its last answer came after ${abortToLastAnswer.toFixed(1)} s`,
  );
}

function release(
  { cluster, served, workspace, environment, versions, update }: Context<"control-plane" | "project" | "models" | "workloads">,
  kind: "good" | "bad",
): Promise<ReleaseResult> {
  const version = nextVersions()[kind];
  return rehearseRelease({
    cluster,
    served,
    version,
    kind,
    afterSeconds: kind === "good" ? AFTER_PROMOTION : AFTER_ROLLBACK,
    update,
    apply: async () => {
      releaseVersion(workspace.releases, environment, trainedAs(versions, served.model, version));
      await workspace.engine.up(`workloads-${environment}`);
    },
  });
}

function withoutTraffic({ traffic }: Choice): string | undefined {
  return traffic ? undefined : "not asked for (--no-traffic)";
}

/** @throws {Error} with the sentence when it does not hold. */
export function demand(holds: boolean, sentence: string): void {
  if (!holds) {
    throw new Error(sentence);
  }
}
