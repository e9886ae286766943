import type { Measure } from "#components/serving/autoscaling";
import type { DeclaredRuntime } from "#components/serving/runtimes/runtime";
import type { Sticky } from "#components/serving/sticky";
import type { AbTestPace, BlueGreenPace, ReleasePace, ShadowTerms } from "#components/serving/strategies/release-pace";
import type { Batch } from "./batch.ts";
import type { Stream } from "./stream.ts";

/** A served model, the same in every environment: its version comes from the release, its size from the profile. */
export interface ServedModel {
  /** Team that owns it, by its name in teams.ts. */
  team: string;
  /** Host under which the gateway answers for it. */
  host: string;
  /** Prefix of the paths that reach it. @default - the runtime's: "/invocations" of our own server */
  path?: string;
  /**
   * Whether it answers the Open Inference Protocol by gRPC as well, under the same host (docs/model-server.md): a host of its own, as a client
   * of gRPC cannot set a path. Not with `blueGreen`. @default false
   */
  grpc?: boolean;
  /** Answers that take longer are slow, milliseconds; one of the bounds of the gateway's histogram. @default 200 */
  latencyTargetMs?: number;
  /** Shares of 5xx and of slow answers above which a new version is thrown out, 0 to 0.25. @default 0.01 and 0.05 */
  maxErrorShare?: number;
  maxSlowShare?: number;
  /**
   * Population stability index above which a new version is thrown out, because it predicts otherwise than the old one. Its server must count
   * predictions in bins, as ours does (docs/model-server.md). @default - predictions are not compared
   */
  maxPsi?: number;
  /**
   * Loss of accuracy above which a new version is thrown out, once enough of its predictions have been labelled; a job pushes how often each
   * version is right (docs/model-server.md). @default - accuracy is not watched
   */
  maxAccuracyLoss?: number;
  /** Requests that one server of a new version may have at a time before it counts as saturated. @default - saturation is not watched */
  maxInFlight?: number;
  /**
   * What the number of its servers follows, within the profile's `serving.minReplicas` and `serving.maxReplicas`:
   * `{ by: "cpu", targetCpuPercent: 60 }`, `{ by: "inFlight", targetPerServer: 8 }` for requests that run or wait in a server,
   * `{ by: "requests", targetPerServer: 50 }` for requests a second. All but CPU need `serving.byLoad` in the profile.
   * @default - 70 % of the requested CPU
   */
  scaling?: Measure;
  /**
   * Shares and times of its releases: `weights`, `stepSeconds`, `soakSeconds`, `scaleDownDelaySeconds`, `intervalSeconds`,
   * `windowSeconds`, `giveUpSeconds`, `minRequests`. `scarceGpus: true` in place of `scaleDownDelaySeconds`: the old version shrinks as the
   * new one grows, and an abort is no longer instant (docs/decisions/strategies.md).
   * @default - 5, 20, 50, 100 %, and the times of the environment
   */
  canary?: ReleasePace;
  /**
   * In place of a canary: a new version stands beside the old one, answers copies of the requests, and then gets all users at once. Its
   * `previewSeconds`, `switchedBy`, `soakSeconds`, `scaleDownDelaySeconds`, `intervalSeconds`, `windowSeconds`, `giveUpSeconds`,
   * `minRequests`: `{}` for the times of the environment. @default - a canary
   */
  blueGreen?: BlueGreenPace;
  /**
   * Before its canary a new version answers copies of the requests, both answers are compared, and a person decides: `percent`,
   * `compareSeconds`, `tolerance`, `maxDifferentShare`, `maxFailedShare`, `maxSlowdown`, `minAnswers`; `{}` for their defaults.
   * @default - users meet it at once
   */
  shadow?: ShadowTerms;
  /**
   * In place of a canary: a share of the users gets a new version for days, and what they make of it decides. Its `outcomes`, `audience`
   * (whose requests take part: `{ header: "x-region", values: ["de", "at"] }`, `{ device: "mobile" }`), `percent`, `testSeconds`,
   * `minAttempts`, `significance`, `switchedBy`, `stepSeconds`, `soakSeconds`, `scaleDownDelaySeconds`, `intervalSeconds`, `windowSeconds`,
   * `giveUpSeconds`, `minRequests`. It needs `sticky`. @default - a canary
   */
  abTest?: AbTestPace;
  /**
   * Program that serves it, as its releases name it, and what that program is told: `{ kind: "triton" }`, `{ kind: "vllm", maxTokens: 8192 }`,
   * `{ kind: "custom", port: 8080, readyPath: "/ready", path: "/score" }`. @default - the platform's own model server
   */
  runtime?: DeclaredRuntime;
  /**
   * Predictions for a table at set times, besides those for requests: `table`, `schedule`, and `partitions`, `keep`, `rowsPerCall`,
   * `maxRejectedShare`, `again`, `pods`, `deadlineSeconds`. @default - none
   */
  batch?: Batch;
  /**
   * Predictions for the rows of a stream, besides those for requests: `{ kind: "kafka", topic, partitions, output, deadLetters }` with its
   * `group`, or `{ kind: "kinesis", stream, output, deadLetters }`; and `keep`, `rowsPerCall`, `waitSeconds`, `predictSeconds`, `pods`.
   * @default - none
   */
  stream?: Stream;
  /**
   * What names the user, where one user must not see two versions in turn: `{ header: "x-user-id" }`, or `{ cookie: "session" }` for a cookie
   * that the application has set. @default - drawn per request
   */
  sticky?: Sticky;
}

export type ServedModels = Record<string, ServedModel>;

export const models: ServedModels = {
  fraud: {
    team: "risk",
    host: "fraud.models.internal",
    path: "/invocations",
    latencyTargetMs: 200,
    maxErrorShare: 0.01,
    // Two good versions of so few data (569 rows) lie up to 0.23 apart.
    maxPsi: 0.4,
    sticky: { header: "x-user-id" },
  },
};
