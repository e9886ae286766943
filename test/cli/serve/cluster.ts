import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { vi } from "vitest";
import { named } from "../../components/named.ts";
import { type Change, minimal, serving } from "../../components/serving/fixture.ts";

/** Pods of one version, as a ReplicaSet has them. */
interface Set {
  hash: string;
  version: string;
  ready: number;
}

/** An AnalysisRun: which of our templates it was made from, and what came of each metric. */
export interface Ran {
  template: "fraud-watch" | "fraud-gate" | "fraud-share" | "fraud-comparison" | "fraud-verdict";
  args?: Record<string, string>;
  hash?: string;
  at?: string;
  results: Record<string, [phase: string, value?: string][]>;
}

export interface State {
  status: object;
  version?: string;
  sets?: Set[];
  runs?: Ran[];
  /** Time of every step, where it is another one than ours. */
  duration?: string;
  /** How the version takes over, where it is not our own canary. */
  strategy?: NonNullable<Change["strategy"]>;
}

/** What a cluster says of a model: our own Rollout and our own templates, with the status that its controllers write. */
export async function answerOf({
  status,
  version = "4",
  sets = [],
  runs = [],
  duration,
  strategy,
}: State): Promise<{ items: object[] }> {
  const graph = await serving({
    model: { version, path: `models/fraud/${version}`, sha256: "b".repeat(64), image: `x@sha256:${"a".repeat(64)}` },
    ...(strategy && { strategy, exposure: { ...minimal.exposure, sticky: { header: "x-user-id" } } }),
  });
  const { spec, metadata } = JSON.parse(
    JSON.stringify(named(graph, "fraud-rollout").inputs).replaceAll("s3://models/", "s3://millrace-prod-models/"),
  );
  for (const step of duration === undefined ? [] : spec.strategy.canary.steps.filter((each: object) => "pause" in each)) {
    step.pause.duration = duration;
  }
  const owned = { namespace: metadata.namespace, ownerReferences: [{ kind: "Rollout", name: "fraud" }] };
  const template = (of: string) => ({ spec: { containers: [{ env: [{ name: "MODEL_VERSION", value: of }] }] } });
  return {
    items: [
      {
        kind: "Rollout",
        metadata: { ...metadata, generation: 3, resourceVersion: "7" },
        spec,
        status: { observedGeneration: "3", ...status },
      },
      ...sets.map(({ hash, version: of, ready }) => ({
        kind: "ReplicaSet",
        metadata: { ...owned, name: `fraud-${hash}`, labels: { "rollouts-pod-template-hash": hash } },
        spec: { replicas: 2, template: template(of) },
        status: { readyReplicas: ready },
      })),
      ...runs.map(({ template: name, args = {}, hash = "new", at = "2026-11-30T10:00:00Z", results }) => {
        const { metrics, args: declared = [] } = named(graph, name).inputs["spec"];
        return {
          kind: "AnalysisRun",
          metadata: { ...owned, name: `${name}-1`, creationTimestamp: at, labels: { "rollouts-pod-template-hash": hash } },
          spec: { metrics, args: declared.map((each: any) => ({ ...each, ...(args[each.name] && { value: args[each.name] }) })) },
          status: {
            metricResults: Object.entries(results).map(([metric, all]) => ({
              name: metric,
              measurements: all.map(([phase, value]) => ({ phase, ...(value !== undefined && { value }) })),
            })),
          },
        };
      }),
    ],
  };
}

/** A `kubectl` that answers from files, writes down what it was asked, and after a patch answers with what the controller made of it. */
export class FakeCluster {
  readonly #folder = mkdtempSync(join(tmpdir(), "kubectl-"));

  constructor(now: { items: object[] }, after: { items: object[] } = now, prometheus = true) {
    this.#write("now.json", JSON.stringify(now));
    this.#write("after.json", JSON.stringify(after));
    this.#write("rollout.json", JSON.stringify(now.items[0] ?? {}));
    this.#write(
      "kubectl",
      `#!/bin/sh
cd '${this.#folder}'
echo "$*" >> calls
case "$*" in
  *--raw*stable*canary*|*--raw*canary*stable*) ${prometheus ? `echo '{"data":{"result":[{"value":[0,"0.197"]}]}}'` : "exit 1"} ;;
  *--raw*) ${prometheus ? `echo '{"data":{"result":[{"value":[0,"0.0003"]}]}}'` : "echo forbidden >&2; exit 1"} ;;
  *"patch rollout"*) if [ -e conflict ]; then echo 'Error from server (Conflict): the object has been modified' >&2; exit 1; fi; mv after.json now.json ;;
  *"get rollouts"*) cat now.json ;;
  *"get rollout "*) cat rollout.json ;;
esac
`,
    );
    chmodSync(join(this.#folder, "kubectl"), 0o700);
    vi.stubEnv("PATH", `${this.#folder}${delimiter}${process.env["PATH"]}`);
  }

  /** What kubectl was told to change. */
  get patches(): string[] {
    return readFileSync(join(this.#folder, "calls"), "utf8")
      .split("\n")
      .filter((line) => line.includes(" patch "));
  }

  /** Makes it answer with a text: about all models, or about the one Rollout. */
  says(text: string, file: "now.json" | "rollout.json" = "now.json"): void {
    this.#write(file, text);
  }

  /** Makes every patch come too late. */
  conflicts(): void {
    this.#write("conflict", "");
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }
}
