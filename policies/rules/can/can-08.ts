import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { unknownIn } from "../../promql/calls.ts";
import { parsedQuery } from "../../promql/parse.ts";
import type { Expression, Operation } from "../../promql/syntax.ts";
import { number, shown, text } from "../../read.ts";
import { type Resource, Undecided } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { accuracyFaults, isOfAccuracy } from "./accuracy.ts";
import { severalServers, strangers, unreached } from "./addresses.ts";
import { ofEverybody } from "./audiences.ts";
import { narrowedBy } from "./labels.ts";
import { type Analysis, analysesOf, type Measurement, measurementsOf } from "./measurements.ts";
import { missingInner, missingTemplates } from "./missing.ts";
import { isNewLessOld, isOfOutcomes } from "./outcomes.ts";
import { unmeasuredPorts } from "./ports.ts";
import { fewestRequests } from "./queries.ts";
import { canaryOf, STEPS, stepsOf } from "./rollouts.ts";
import { answering, isOfPredictions, shareOf } from "./shares.ts";
import { strangeness, tooSlow } from "./strangeness.ts";
import { templatesAmong } from "./templates.ts";
import { unending } from "./timing.ts";
import { isComparison, verdictOf } from "./trials.ts";
import { isUndecided, isUnread, laxness } from "./verdicts.ts";
import { ofOldVersion, oldShares } from "./versions.ts";

/**
 * A share of fewer requests is chance; one of more than a busy model gets in a window is never measured. `attempts`: of fewer attempts of users
 * the counts are not yet normal, and a test of two shares says nothing.
 */
const REQUESTS = { fewest: 10, most: 100_000, attempts: 100 };
type Requests = typeof REQUESTS;

/** An analysis that looks at the old version, or whose conditions every answer meets, promotes a version that nobody measured. */
export const CAN_08 = stackRule<Requests>({
  id: "CAN-08",
  title: "Each measurement of a release judges the new version, with a query and conditions that can fail",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MEASURE 2.3"],
  remediation:
    "Name `canaryService` or the hash of the new pods in each query, ask for series, and let the conditions refuse 30 % of bad requests. Leave `dryRun` out, and let the background analysis begin before the last step.",
  parameters: { dev: REQUESTS, staging: REQUESTS, prod: REQUESTS },
  elsewhere: { ...REQUESTS, fewest: 0, attempts: 0 },
  types: [ROLLOUT],
  relate: (resources, requests) => {
    const templates = templatesAmong(resources);
    const told = new Set<string>();
    return ofEach(
      resources.filter((each) => each.type === ROLLOUT && canaryOf(each) !== undefined),
      (rollout) => {
        const analyses = analysesOf(rollout);
        return together(
          analyses.map((analysis) => () => faultsOf(analysis, rollout, templates, { requests, stack: resources })),
          () => severalServers(analyses.map((analysis) => measurementsOf(analysis, rollout, templates))),
        );
      },
    ).filter((finding) => finding instanceof Error || isNew(finding, told));
  },
});

/** One template may be used by several steps: what is wrong with it is said once. */
function isNew({ resource, property, got }: Exclude<Finding, Error>, told: Set<string>): boolean {
  const key = `${resource?.address} ${property} ${got}`;
  return !told.has(key) && Boolean(told.add(key));
}

/** What an analysis is compared with. */
interface Around {
  requests: Requests;
  stack: readonly Resource[];
}

function faultsOf(analysis: Analysis, rollout: Resource, templates: readonly Resource[], { requests, stack }: Around): Finding[] {
  const measurements = measurementsOf(analysis, rollout, templates);
  return together(
    () => missingTemplates(analysis, rollout, measurements),
    () => missingInner(analysis, rollout, templates),
    () => lateStart(analysis, rollout),
    measurements.flatMap((each) => [
      () => pretended(each),
      () => ungiven(each),
      // Before the first weight nothing but the old version has requests: that analysis asks whether anything is measured at all.
      ...(analysis.isBefore ? [] : [() => unmeasured(each, rollout, stack), () => ofTooFew(each, requests)]),
      () => unending(each, analysis),
    ]),
    () => strangers(measurements),
    () => unreached(measurements),
  );
}

function lateStart({ isBackground, analysis, path }: Analysis, resource: Resource): Finding[] {
  const starts = number(analysis, "startingStep") ?? 0;
  return unless(!isBackground || starts < stepsOf(resource).length, {
    resource,
    property: `${path}.startingStep`,
    got: String(starts),
    want: `one of the ${stepsOf(resource).length} steps of '${STEPS}'`,
  });
}

const pretended = ({ isDry, place, metric }: Measurement): Finding[] =>
  unless(!isDry, { ...place("dryRun"), got: text(metric, "name") ?? "nothing", want: "a list without this measurement" });

function ungiven({ query, place }: Measurement): Finding[] {
  const [, name] = /\{\{\s*args\.([\w-]+)\s*\}\}/.exec(query) ?? [];
  return unless(name === undefined, {
    ...place("provider"),
    got: `no value of '${name}'`,
    want: "a query whose arguments have values",
  });
}

function unmeasured(measurement: Measurement, rollout: Resource, stack: readonly Resource[]): Finding[] {
  const { query, isPrometheus, own } = measurement;
  if (!isPrometheus) {
    const still = lax(measurement);
    return still.length > 0 ? still : ofOldVersion(measurement, rollout);
  }
  const expression = parsedQuery(query);
  if (expression === undefined) {
    return unreadable(measurement);
  }
  const at = own("provider.prometheus.query");
  if (unknownIn(expression) !== undefined) {
    return [new Undecided(at.property, at.resource?.address)];
  }
  const compares = isComparison(expression, rollout);
  const strange = strangeness(query, expression, compares) ?? tooSlow(expression, stack);
  if (strange !== undefined) {
    return [{ ...at, ...strange }];
  }
  const ofOld = oldShares(expression, rollout);
  const still = lax(measurement, expression, ofOld);
  if (isOfAccuracy(expression)) {
    const faults = [accuracyFaults(measurement, expression, rollout), still, ofOldVersion(measurement, rollout)];
    return faults.find((each) => each.length > 0) ?? [];
  }
  const mistaken =
    [
      narrow(measurement, expression, rollout),
      still,
      ofOldVersion(measurement, rollout),
      unmeasuredPorts(measurement, rollout, stack),
      ofEverybody(measurement, expression, rollout, stack),
    ].find((each) => each.length > 0) ?? [];
  const isTurned = mistaken.length === 0 && isOfOutcomes(expression) && !isNewLessOld(expression);
  if (isTurned) {
    return [{ ...at, got: query.slice(0, 60), want: "the new version's outcomes less those of all others" }];
  }
  return mistaken.length > 0 ? mistaken : tried(measurement, expression, rollout);
}

/** What a trial says of a query. Where it has none, an answer that depends on more than a share leaves the query open. */
function tried(measurement: Measurement, expression: Expression, rollout: Resource): Finding[] {
  const at = measurement.own("provider.prometheus.query");
  const verdict = verdictOf(measurement, expression, rollout);
  if (typeof verdict === "object") {
    return [
      {
        ...at,
        got: measurement.query.slice(0, 60),
        want: `a query that tells bad versions from good ones: by this one ${verdict.lost}`,
      },
    ];
  }
  const isOpen = verdict === "unknown" && isUndecided(expression, oldShares(expression, rollout));
  return isOpen ? [new Undecided(at.property, at.resource?.address)] : [];
}

function narrow({ own }: Measurement, query: Expression, rollout: Resource): Finding[] {
  const got = isOfOutcomes(query) || isOfPredictions(query) ? undefined : narrowedBy(query, rollout);
  return unless(got === undefined, {
    ...own("provider.prometheus.query"),
    got: got ?? "",
    want: "a query that leaves no request out: it may choose by the version and by where it is measured, and above by what became of a request",
  });
}

/** A query of which a part is filled in by the controller is known only then; any other is none. */
function unreadable({ query, own }: Measurement): Finding[] {
  const at = own("provider.prometheus.query");
  if (/<[\w .[\]/-]+>/.test(query)) {
    return [new Undecided(at.property, at.resource?.address)];
  }
  // An argument without a value is told as such.
  return unless(query.includes("{{"), { ...at, got: query.slice(0, 60) || "nothing", want: "a query in PromQL" });
}

/** A share needs some requests before it says anything, and must not wait for more than there are. */
function ofTooFew({ query, isPrometheus, own }: Measurement, { fewest, most, attempts }: Requests): Finding[] {
  const expression = isPrometheus ? parsedQuery(query) : undefined;
  if (expression === undefined) {
    return [];
  }
  const found = fewestRequests(answering(expression));
  if (isOfOutcomes(expression)) {
    return unless((found ?? 0) >= attempts, {
      ...own("provider.prometheus.query"),
      got: `a comparison of ${found ?? "any number of"} attempts or more`,
      want: `a comparison of at least ${attempts} of each version, such as \`… / (… >= 1000)\``,
    });
  }
  if (shareOf(expression) === undefined) {
    return [];
  }
  return unless((found ?? 0) >= fewest && (found ?? 0) <= most, {
    ...own("provider.prometheus.query"),
    got: found === undefined ? "a share of any number of requests" : `a share of ${found} requests or more`,
    want: `a share of at least ${fewest} requests that does not wait for more than ${most}, such as \`… / (… >= 100)\``,
  });
}

function lax(measurement: Measurement, query?: Expression, ofOld?: readonly Operation[]): Finding[] {
  const { conditions, place } = measurement;
  const found = laxness(measurement, query, ofOld);
  if (found !== undefined) {
    return [{ ...place(found.field), got: shown(conditions[found.field]), want: found.want }];
  }
  const unread = isUnread(measurement);
  if (unread === undefined) {
    return [];
  }
  const { resource, property } = place(unread);
  return [new Undecided(property, resource?.address)];
}
