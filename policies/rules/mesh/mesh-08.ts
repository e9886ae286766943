import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { DESTINATION_RULES, trafficPolicies } from "../../kubernetes/istio.ts";
import { type Bag, bag, number, numberOr, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

interface Bounds {
  /** Fewest connections or requests that a proxy may have open at one host. */
  open: number;
  /** Fewest errors in a row after which the last pod of a host may be left out. */
  errors: number;
  /** Shortest time to connect, seconds. */
  connectSeconds: number;
}
const BOUNDS: Bounds = { open: 5, errors: 5, connectSeconds: 0.05 };

/** How many a proxy may have open at once; what comes above it is answered 503 (Envoy documentation, "Circuit breaking"). */
const POOLS = [
  ["tcp", "maxConnections"],
  ["http", "http1MaxPendingRequests"],
  ["http", "http2MaxRequests"],
] as const;

/** How many errors in a row leave a pod out. Envoy counts five where a rule says nothing. */
const ROWS = ["consecutive5xxErrors", "consecutiveGatewayErrors", "consecutiveLocalOriginFailures", "consecutiveErrors"];

export const MESH_08 = rule<Bounds>({
  id: "MESH-08",
  title: "The mesh refuses no calls that a host could answer: it leaves room for them, and never leaves all pods out",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 A1.1"],
  remediation:
    "Leave `connectionPool` out, or set it to what one caller needs at most. Set `outlierDetection.maxEjectionPercent` to 50 or less.",
  parameters: { dev: BOUNDS, staging: BOUNDS, prod: BOUNDS },
  types: DESTINATION_RULES,
  check: (resource, bounds): Finding[] =>
    together(
      trafficPolicies(resource).flatMap(([path, policy]) => [
        () => narrow(bag(policy, "connectionPool"), `${path}.connectionPool`, bounds),
        () => emptied(bag(policy, "outlierDetection"), `${path}.outlierDetection`, bounds),
      ]),
    ),
});

function narrow(pool: Bag, path: string, { open, connectSeconds }: Bounds): Fault[] {
  const connects = text(pool, "tcp", "connectTimeout");
  return [
    ...POOLS.flatMap(([protocol, field]) => {
      const got = number(pool, protocol, field);
      // Zero is the default of the mesh.
      return unless(got === undefined || got <= 0 || got >= open, {
        property: `${path}.${protocol}.${field}`,
        got: String(got),
        want: `at least ${open}, or left out`,
      });
    }),
    ...unless(connects === undefined || secondsOf(connects) === 0 || secondsOf(connects) >= connectSeconds, {
      property: `${path}.tcp.connectTimeout`,
      got: connects ?? "",
      want: `at least ${connectSeconds}s`,
    }),
  ];
}

/** Where a few errors leave out every pod, one bad request is an outage. */
function emptied(detection: Bag, path: string, { errors }: Bounds): Fault[] {
  const most = numberOr(10, detection, "maxEjectionPercent");
  const few = ROWS.find((field) => {
    const got = number(detection, field);
    return got !== undefined && got > 0 && got < errors;
  });
  return unless(few === undefined || most < 100 || numberOr(0, detection, "minHealthPercent") > 0, {
    property: `${path}.maxEjectionPercent`,
    got: `${most}, after ${few === undefined ? "" : text(detection, few)} errors in a row`,
    want: "less than 100, so that some pods are always asked",
  });
}
