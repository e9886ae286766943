import type * as pulumi from "@pulumi/pulumi";
import { DNS_LABEL } from "../naming.ts";
import { anyText, closed, fields, flag, mapOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import type { ServerContract } from "./runtimes/contract.ts";
import { type Sticky, sticky } from "./sticky.ts";

/** Where users find a model. */
export interface Exposure {
  /** Host under which it answers. */
  host: string;

  /** Ingress gateway of the mesh. */
  gateway: Gateway;

  /** Path that reaches it, with everything below it: `/fraud` means `/fraud` and `/fraud/…`, not `/fraud-eu`. @default - the runtime's, such as `/invocations` */
  path?: string;

  /** Longest time that a request may take, seconds. @default 10 */
  timeoutSeconds?: number;

  /**
   * Whether it answers gRPC as well, under the same host: the methods of its runtime. A client of gRPC cannot set a path, so that no other
   * model may answer the same methods there. Changing it is a release. @default false - REST alone
   */
  grpc?: boolean;

  /** What names the user: a user who was served by the new version stays with it. @default - the version is drawn for each request */
  sticky?: Sticky;
}

export interface Gateway {
  namespace: string;
  name: string;
  /** Labels of its pods. */
  selector: Record<string, string>;
}

/** Each path is written in one way: no empty or dotted segment, no slash at the end, nothing percent-encoded. */
const path = matching(
  /^\/$|^(\/(?!\.{1,2}(\/|$))[\w.-]+)+$/,
  "'/' or a path of letters, digits, '.', '_' and '-', such as /v1/score, without a slash at its end",
);

export const exposure = fields<Exposure>({
  host: text,
  gateway: fields<Gateway>({ namespace: text, name: text, selector: mapOf(anyText) }),
  path: optional(path),
  timeoutSeconds: optional(wholeNumber({ min: 1, max: 300 })),
  grpc: optional(flag),
  sticky: optional(closed(sticky)),
});

/** Longest time that a request may take, seconds. */
export const TIMEOUT_SECONDS = 10;

/** What the exposure of a model must fit. */
interface Around {
  runtime: string;
  strategy: string;
  /** Of its runtime, asked by gRPC. */
  contract: Pick<ServerContract, "port" | "grpc">;
}

/** @throws {pulumi.ResourceError} when the host is not a DNS name, or the exposure does not fit the model's runtime or strategy. */
export function checkExposure(exposure: Exposure, around: Around, on: pulumi.Resource): void {
  const { host, sticky, grpc = false } = exposure;
  check.that(
    host.length <= 253 && host.split(".").every((label) => DNS_LABEL.test(label)),
    "exposure.host",
    "a DNS name in lower case",
    host,
    on,
  );
  check.that(
    around.strategy !== "abTest" || sticky !== undefined,
    "exposure.sticky",
    "the header or the cookie that names the user where the strategy is 'abTest', so that each user has one version",
    sticky,
    on,
  );
  if (grpc) {
    checkGrpc(exposure, around, on);
  }
}

function checkGrpc({ path = "/" }: Exposure, { runtime, strategy, contract: { port, grpc } }: Around, on: pulumi.Resource): void {
  check.that(
    grpc !== undefined,
    "exposure.grpc",
    `left out where the runtime '${runtime}' speaks none; a custom one says in 'runtime.grpc' what it speaks`,
    true,
    on,
  );
  check.that(grpc?.port !== port, "runtime.grpc.port", `another port than 'runtime.port', which speaks HTTP/1`, port, on);
  // The gateway copies requests behind the filter that counts statuses.
  check.that(
    strategy !== "blueGreen",
    "strategy.kind",
    "another one than blueGreen beside 'exposure.grpc': it judges a version by its answers to copies, and the gateway does not know the status of those",
    strategy,
    on,
  );
  const taken = grpc?.methods.map(pathOf).find((method) => isBelow(path, method));
  check.that(taken === undefined, "exposure.path", `apart from the methods of gRPC, such as ${taken}`, path, on);
}

/** Whether a request can reach two paths: they are the same, or one lies below the other. */
export const overlap = (one: string, other: string): boolean => isBelow(one, other) || isBelow(other, one);

/** Path of a method of gRPC. */
export const pathOf = (method: string): string => `/${method}`;

const isBelow = (path: string, above: string): boolean => `${path}/`.startsWith(above === "/" ? "/" : `${above}/`);
