import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { boundedMeasurements, servedShare } from "./canary-analysis.ts";
import { canaryOf, measuredRaises, ROLLOUT, weightBeforeScale } from "./canary-steps.ts";
import { nameOf, VIRTUAL_SERVICES } from "./istio.ts";
import { namespaceOf } from "./workloads.ts";

/** Seconds: how long the old version's pods stay after a release, and a new version's after an abort. */
const DELAYS = { least: 600, most: 3600, abortLeast: 10, abortMost: 60 };

/**
 * Measured with Argo Rollouts 1.9.1: a gateway that missed the last change sends users to the old pods until somebody has noticed, and
 * going back after they are gone waits for new ones; after an abort the controller writes 16 to 20 times a second for as long as its
 * delay lasts. There 0 means for ever (Argo Rollouts documentation, "Scaledown aborted").
 */
const scaleDownDelays = rule<typeof DELAYS>({
  id: "CAN-05",
  title: "The old version stays long enough to go back to, and neither version's pods stay for ever",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 2.4"],
  remediation: `Set \`scaleDownDelaySeconds\` from ${DELAYS.least} to ${DELAYS.most} and \`abortScaleDownDelaySeconds\` from ${DELAYS.abortLeast} to ${DELAYS.abortMost}.`,
  parameters: { dev: DELAYS, staging: DELAYS, prod: DELAYS },
  types: [ROLLOUT],
  check: (rollout, { least, most, abortLeast, abortMost }) => {
    const canary = canaryOf(rollout);
    // Without a traffic router pods are replaced one by one, and both fields mean nothing.
    if (canary?.trafficRouting === undefined) {
      return [];
    }
    const within = (field: string, from: number, to: number): Fault[] => {
      // Argo Rollouts' default for both.
      const { [field]: seconds = 30 } = canary;
      return seconds >= from && seconds <= to
        ? []
        : [{ property: `spec.strategy.canary.${field}`, got: String(seconds), want: `from ${from} to ${to}` }];
    };
    return [...within("scaleDownDelaySeconds", least, most), ...within("abortScaleDownDelaySeconds", abortLeast, abortMost)];
  },
});

/**
 * Measured with server-side apply: a write of the weighted route beside the controller is refused with a conflict; forced, it put the
 * weights back to the old version. Pulumi cannot ignore an element of a list in a server-side apply (pulumi-kubernetes, `await.go`).
 */
const ownership = stackRule({
  id: "CAN-06",
  title: "What Argo Rollouts moves during a release is left to it: the routes with weights, and the selectors of both Services",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MANAGE 4.1"],
  remediation:
    'Split the route off into a delegate VirtualService and give it `ignoreChanges: ["spec.http"]`, never an element of the list; give both Services `ignoreChanges: ["spec.selector"]`; do not force patches.',
  relate: (resources) =>
    resources
      .filter(({ type }) => type === ROLLOUT)
      .flatMap((rollout) => {
        const owns = (types: readonly string[], name: string | undefined): Resource[] => {
          const [short, namespace = namespaceOf(rollout)] = (name ?? "").split(".");
          return resources.filter(
            (each) => types.includes(each.type) && nameOf(each) === short && namespaceOf(each) === namespace,
          );
        };
        const { trafficRouting, canaryService, stableService } = canaryOf(rollout) ?? {};
        const { virtualService, virtualServices = [] } = trafficRouting?.istio ?? {};
        const routes: any[] = virtualService === undefined ? virtualServices : [virtualService];
        return [
          ...routes.flatMap(({ name }) => owns(VIRTUAL_SERVICES, name)).flatMap((route) => leaves(route, "spec.http")),
          ...[canaryService, stableService]
            .flatMap((name) => owns(["kubernetes:core/v1:Service"], name))
            .flatMap((service) => leaves(service, "spec.selector")),
        ];
      }),
});

function leaves(resource: Resource, field: string): Fault[] {
  const { ignoreChanges, inputs } = resource;
  const parts = ignoreChanges.filter((path) => path.startsWith(`${field}[`) || path.startsWith(`${field}.`));
  const whole = ignoreChanges.some((path) => path === field || path === "spec");
  const forced = String(inputs.metadata?.annotations?.["pulumi.com/patchForce"] ?? "false");
  return [
    ...(whole && parts.length === 0
      ? []
      : [
          {
            resource,
            property: "ignoreChanges",
            got: ignoreChanges.join(", ") || "nothing",
            want: `a list with '${field}' as a whole`,
          },
        ]),
    ...(forced === "true"
      ? [{ resource, property: "metadata.annotations.pulumi.com/patchForce", got: forced, want: "left out" }]
      : []),
  ];
}

/** `history`: most old ReplicaSets. `seconds`: longest time in which a version becomes ready. */
const ENDS = { history: 5, seconds: 3600 };

/**
 * Measured with Argo Rollouts 1.9.1: an aborted ReplicaSet keeps a mark that switches the progress deadline off for as long as the
 * ReplicaSet exists, so that a version that never became ready hung on; a short history ends that.
 */
const neverReady = rule<typeof ENDS>({
  id: "CAN-07",
  title: "A version that never becomes ready is given up, and going back skips the steps",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MANAGE 2.4"],
  remediation:
    "Set `progressDeadlineAbort: true`, `progressDeadlineSeconds` to twice the time that a model takes to load, `rollbackWindow: {revisions: 3}` and a `revisionHistoryLimit` of as many.",
  parameters: { dev: ENDS, staging: ENDS, prod: ENDS },
  types: [ROLLOUT],
  check: ({ inputs: { spec } }, { history, seconds }) => {
    // Argo Rollouts' defaults.
    const { progressDeadlineAbort = false, progressDeadlineSeconds = 600, revisionHistoryLimit = 10 } = spec;
    const window = spec.rollbackWindow?.revisions ?? 0;
    return [
      ...(progressDeadlineAbort === true ? [] : [{ property: "spec.progressDeadlineAbort", got: "false", want: "true" }]),
      ...(progressDeadlineSeconds <= seconds
        ? []
        : [{ property: "spec.progressDeadlineSeconds", got: String(progressDeadlineSeconds), want: `at most ${seconds}` }]),
      ...(window >= 1 ? [] : [{ property: "spec.rollbackWindow.revisions", got: String(window), want: "at least 1" }]),
      ...(revisionHistoryLimit >= window && revisionHistoryLimit <= history
        ? []
        : [{ property: "spec.revisionHistoryLimit", got: String(revisionHistoryLimit), want: `from ${window} to ${history}` }]),
    ];
  },
});

export const CANARY: readonly Rule[] = [
  weightBeforeScale,
  measuredRaises,
  boundedMeasurements,
  servedShare,
  scaleDownDelays,
  ownership,
  neverReady,
];
