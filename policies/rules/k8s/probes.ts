import { type Fault, unless } from "../../findings.ts";
import { containersOf, type Pod, type PodContainer } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, isSet, number, numberOr, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";

const PROBES = ["readinessProbe", "livenessProbe", "startupProbe"] as const;

/** Longest time in which a server that fails still gets requests, seconds. */
const MOST_SECONDS = 300;

/** Shortest time after which a server that does not answer is killed, seconds. */
const FEWEST_SECONDS = 3;

/** Programs that end well whatever the server does. */
const ALWAYS_WELL = /^(\S*\/)?(true|:|echo|printf|sleep|date|hostname|pwd|uptime|whoami|exit 0|exit)\b/;

/** What a script ends with when its result no longer counts. */
const IGNORED = /(\|\||;)\s*(true|:|exit 0|exit|echo\b[^;|&]*)\s*;?\s*$/;

/** Probes of a pod that ask nobody, or that cannot fail. */
export const probeFaults = (resource: Resource, pod: Pod): Fault[] =>
  containersOf(pod).flatMap((each) =>
    PROBES.filter((probe) => isSet(each.container, probe)).flatMap((probe) => [
      ...portFaults(resource, each, probe, pod),
      ...answerFaults(resource, each, probe),
    ]),
  );

/** A port by its name is one of the container; one by its number is of the pod, where the container names ports at all. */
function portFaults(resource: Resource, { path, container }: PodContainer, probe: string, pod: Pod): Fault[] {
  const kind = ["httpGet", "tcpSocket", "grpc"].find((each) => isSet(container, probe, each, "port"));
  const port = kind === undefined ? "" : (text(container, probe, kind, "port") ?? "");
  const own = bags(container, "ports");
  const names = own.flatMap((each) => text(each, "name") ?? []);
  const numbers = containersOf(pod).flatMap((each) =>
    bags(each.container, "ports").flatMap((one) => text(one, "containerPort") ?? []),
  );
  const isName = /[a-z]/i.test(port);
  const known = port === "" || (isName ? names.includes(port) : own.length === 0 || numbers.includes(port));
  const host = text(container, probe, "httpGet", "host") ?? text(container, probe, "tcpSocket", "host") ?? "";
  return [
    ...unless(known, {
      resource,
      property: `${path}.${probe}.${kind}.port`,
      got: port,
      want: `a port of the container (${(isName ? names : numbers).join(", ") || "it names none"})`,
    }),
    ...unless(["", "localhost", "127.0.0.1", "::1"].includes(host), {
      resource,
      property: `${path}.${probe}.${kind ?? "httpGet"}.host`,
      got: host,
      want: "left out, so that the pod itself is asked",
    }),
  ];
}

function answerFaults(resource: Resource, { path, container }: PodContainer, probe: (typeof PROBES)[number]): Fault[] {
  const own = bag(container, probe);
  const seconds = numberOr(10, own, "periodSeconds") * numberOr(3, own, "failureThreshold");
  // A model may load for long before its first answer.
  const patient = probe === "startupProbe" || seconds <= MOST_SECONDS;
  const command = commandOf(own);
  return [
    ...unless(probe !== "livenessProbe" || !(seconds < FEWEST_SECONDS), {
      resource,
      property: `${path}.${probe}.failureThreshold`,
      got: `${shown(at(own, "failureThreshold") ?? 3)} times ${shown(at(own, "periodSeconds") ?? 10)} s`,
      want: `at least ${FEWEST_SECONDS} s, or a short pause kills the server`,
    }),
    ...unless(command === undefined || !isAlwaysWell(command), {
      resource,
      property: `${path}.${probe}.exec.command`,
      got: shown(command),
      want: "a question to the server that can fail",
    }),
    ...unless(patient, {
      resource,
      property: `${path}.${probe}.failureThreshold`,
      got: `${shown(at(own, "failureThreshold") ?? 3)} times ${shown(at(own, "periodSeconds") ?? 10)} s`,
      want: `at most ${MOST_SECONDS} s until a server that fails is noticed`,
    }),
  ];
}

/** The command of a probe, or of a hook, as one text: the script itself, where a shell runs one. */
function commandOf(probe: Bag): string | undefined {
  if (!isSet(probe, "exec", "command")) {
    return undefined;
  }
  const words = texts(probe, "exec", "command");
  const script = words.findIndex((word) => /^-\w*c$/.test(word));
  return (script > 0 ? (words[script + 1] ?? "") : words.join(" ")).trim();
}

const isAlwaysWell = (command: string): boolean =>
  command === "" || IGNORED.test(command) || (ALWAYS_WELL.test(command) && !/[|&;]/.test(command));

/** Fewest seconds that a server has for the requests that it has already taken. */
const LEAST_SECONDS = 10;

/** How a server ends: Kubernetes stops sending requests while it ends, not before (documentation, "Pod Lifecycle"). */
export function endFaults(resource: Resource, { path, spec }: Pod): Fault[] {
  const grace = numberOr(30, spec, "terminationGracePeriodSeconds");
  const hook = bag(spec, "containers", 0, "lifecycle", "preStop");
  const waits = number(hook, "sleep", "seconds") ?? Number(/^sleep (\d+)$/.exec(commandOf(hook) ?? "")?.[1] ?? 0);
  const property = `${path}.terminationGracePeriodSeconds`;
  return [
    ...unless(Object.keys(hook).length > 0, {
      resource,
      property: `${path}.containers[0].lifecycle.preStop`,
      got: "nothing",
      want: "a wait until nobody sends requests any more, such as { sleep: { seconds: 10 } }",
    }),
    ...unless(grace >= LEAST_SECONDS, {
      resource,
      property,
      got: shown(grace),
      want: `at least ${LEAST_SECONDS} s for requests that run`,
    }),
    ...unless(grace < LEAST_SECONDS || grace > waits, {
      resource,
      property,
      got: shown(grace),
      want: `more than the ${waits} s of preStop`,
    }),
  ];
}
