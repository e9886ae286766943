import { INGRESS, namesNoPorts, type Opening, openings, shownPorts } from "../../aws/group-rules.ts";
import { isPublic, isWideOpen } from "../../aws/networks.ts";
import { knownAccounts, NOBODY_ELSE } from "../../aws/outsiders.ts";
import { type Fault, unless } from "../../findings.ts";
import { text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** Ports of databases, caches, queues, file systems and searches, and of those who administer machines. */
const GUARDED: readonly number[] = [
  22, 23, 1433, 1434, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5433, 5439, 5985, 5986, 6379, 6380, 8182, 9042, 9092,
  9094, 9096, 9098, 9200, 9300, 10250, 11211, 27017,
];

export const NET_07 = rule({
  id: "NET-07",
  title: "Security groups open named ports, and those of databases and shells to private networks alone",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.19", "CIS AWS 5.2", "CIS AWS 5.3"],
  remediation:
    "Write the ports of the service into `fromPort` and `toPort`, and let a security group in (`referencedSecurityGroupId`) instead of addresses. Reach databases and machines from inside the network, for example with Session Manager.",
  peers: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "prowler"],
  types: INGRESS,
  check: (resource) => [...openings(resource, "ingress").flatMap(tooWide), ...foreign(resource)],
});

/** A group of another account is written with that account before it. */
function foreign(resource: Resource): Fault[] {
  const property = "referencedSecurityGroupId";
  const got = whenKnown(() => text(resource.inputs, property)) ?? "";
  const account = /^(\d{12})\/sg-/.exec(got)?.[1];
  const known = knownAccounts(resource, NOBODY_ELSE);
  const want = "a security group of a known account";
  return unless(account === undefined || known.length === 0 || known.includes(account), { property, got, want });
}

/** What everybody reaches is a matter of NET-01. */
function tooWide(opening: Opening): Fault[] {
  const { property, addresses, ports } = opening;
  if (isWideOpen(addresses)) {
    return [];
  }
  const got = `${addresses} on ${shownPorts(ports)}`;
  if (namesNoPorts(opening)) {
    return [{ property, got, want: "open on the ports of a service" }];
  }
  const [first, last] = ports ?? [Infinity, -Infinity];
  return isPublic(addresses) && GUARDED.some((port) => first <= port && port <= last)
    ? [{ property, got, want: "a private network or a security group" }]
    : [];
}
