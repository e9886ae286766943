import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { containersOf, podsOf, SERVICES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, isSet, text } from "../../read.ts";
import { SECRET } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { addressesIn, isOutside, weakness } from "./addresses.ts";

/** Types whose settings programs read, and where they stand. Those of pods are read container by container. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  "aws:ecs/taskDefinition:TaskDefinition": ["containerDefinitions"],
  "aws:glue/connection:Connection": ["connectionProperties"],
  "aws:lambda/function:Function": ["environment"],
  "kubernetes:core/v1:ConfigMap": ["data"],
  "kubernetes:external-secrets.io/v1:ExternalSecret": ["spec"],
  "kubernetes:external-secrets.io/v1beta1:ExternalSecret": ["spec"],
};

/** Workloads that come again and again. A Job is run once: it may make the users of the others. */
const LASTING: readonly string[] = [...SERVICES, "kubernetes:batch/v1:CronJob"];

interface Masters {
  /** Users that own a whole server. */
  masters: string[];
}

const COMMON = ["admin", "master", "postgres", "rdsadmin", "root", "sa"];
const OURS: Masters = { masters: [...COMMON, "millrace"] };

export const DB_11 = rule<Masters>({
  id: "DB-11",
  title: "Programs check the certificate and the name of a database outside of the cluster, and servers are not its master",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["AISF-INFRA-05", "SOC2 CC6.7"],
  remediation:
    "End the address with `?sslmode=verify-full&sslrootcert=<file with the authority of RDS>`, and give each server a user of its own. The parameter `masters` lists the users that own a whole server.",
  types: [...WORKLOADS, ...Object.keys(SETTINGS)],
  parameters: { dev: OURS, staging: OURS, prod: OURS },
  elsewhere: { masters: COMMON },
  check: (resource, { masters }) => {
    const asked = LASTING.includes(resource.type) ? masters : [];
    return together(
      ...podsOf(resource).flatMap((pod) =>
        containersOf(pod).map(
          ({ container, path, init }) =>
            () =>
              ofContainer(container, path, init ? [] : asked),
        ),
      ),
      ...(SETTINGS[resource.type] ?? []).map(
        (property) => () => textsIn(at(resource.inputs, property), property, (value, path) => weakIn(value, path, undefined, [])),
      ),
    );
  },
});

/** libpq reads what an address leaves out from variables. */
function ofContainer(container: Bag, path: string, masters: readonly string[]): Finding[] {
  const variable = (name: string): Bag => bags(container, "env").find((each) => text(each, "name") === name) ?? {};
  const mode = variable("PGSSLMODE");
  const otherwise = isSet(mode, "valueFrom") ? "verify-full" : text(mode, "value");
  const host = text(variable("PGHOST"), "value") ?? "";
  return together(
    ...["command", "args", "env"].map(
      (property) => () =>
        textsIn(at(container, property), `${path}.${property}`, (value, at) => weakIn(value, at, otherwise, masters)),
    ),
    () =>
      isOutside(host)
        ? unless(otherwise?.toLowerCase() === "verify-full", tls(`${path}.env.PGSSLMODE`, otherwise ?? "nothing"))
        : [],
  );
}

const weakIn = (value: string, path: string, otherwise: string | undefined, masters: readonly string[]): Finding[] =>
  addressesIn(value)
    .filter(({ host }) => isOutside(host))
    .flatMap((address) => {
      const weak = weakness(address, otherwise);
      return [
        ...(weak === undefined ? [] : [tls(path, weak)]),
        ...unless(!masters.includes(address.user), {
          property: path,
          got: `the user ${address.user}`,
          want: "a user of its own, as this one owns the whole server",
        }),
      ];
    });

const tls = (property: string, got: string): Fault => ({
  property,
  got: `sslmode ${got}`,
  want: "an address with sslmode=verify-full, or its like of another driver",
});

/** Every text of a tree with its path; one that nobody knows yet hides no other. */
function textsIn(value: unknown, path: string, check: (value: string, path: string) => Finding[]): Finding[] {
  if (typeof value === "string") {
    return value === SECRET ? [] : check(value, path);
  }
  const entries = Array.isArray(value) ? value : bag(value);
  return together(...Object.keys(entries).map((key) => () => textsIn(at(entries, key), `${path}.${key}`, check)));
}
