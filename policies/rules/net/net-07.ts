import { INGRESS, namesNoPorts, type Opening, openings, shownPorts } from "../../aws/group-rules.ts";
import { isPublic, isWideOpen } from "../../aws/networks.ts";
import type { Fault } from "../../findings.ts";
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
  check: (resource) => openings(resource, "ingress").flatMap(tooWide),
});

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
