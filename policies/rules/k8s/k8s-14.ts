import { BlockList, isIP } from "node:net";
import { type Fault, together, unless } from "../../findings.ts";
import { containersOf, type Pod, type PodContainer, podsOf, WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { bags, flag, isSet, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Pod Security asks for none of these (Kubernetes documentation, "Pod Security Standards"). */
export const K8S_14 = rule({
  id: "K8S-14",
  title: "Containers cannot change their image, see each other's processes, or take names from elsewhere than the cluster",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-190 4.4.4"],
  remediation:
    "Set `readOnlyRootFilesystem: true` in the `securityContext` of each container, and mount an `emptyDir` where it writes. Leave out `shareProcessNamespace`, `hostAliases`, and `dnsPolicy` and `dnsConfig.nameservers` too.",
  peers: ["CKV_K8S_22", "KSV-0014", "polaris", "kube-linter no-read-only-root-fs", "kyverno require-ro-rootfs"],
  types: [...WORKLOADS, ...WORKLOAD_PATCHES],
  check: (resource) => {
    const isPatch = WORKLOAD_PATCHES.includes(resource.type);
    return together(
      podsOf(resource).flatMap((pod) => [
        () => sharedProcesses(pod),
        () => nameServers(pod),
        () => fixedNames(pod),
        ...containersOf(pod).map((each) => () => writableImage(each, isPatch)),
      ]),
    );
  },
});

/** Whoever takes over one container of a pod sees the variables, files and memory of all, where they share their processes. */
const sharedProcesses = ({ path, spec }: Pod): Fault[] =>
  unless(flag(spec, "shareProcessNamespace") !== true, {
    property: `${path}.shareProcessNamespace`,
    got: "true",
    want: "left out: each container sees its own processes",
  });

function writableImage({ path, container }: PodContainer, isPatch: boolean): Fault[] {
  const readOnly = flag(container, "securityContext", "readOnlyRootFilesystem");
  const isLeft = isPatch && !isSet(container, "securityContext", "readOnlyRootFilesystem");
  return unless(readOnly === true || isLeft, {
    property: `${path}.securityContext.readOnlyRootFilesystem`,
    got: shown(readOnly),
    want: "true",
  });
}

/** Addresses inside of networks: a server of names at one of them is the cluster's, the node's or the company's. */
const INSIDE = new BlockList();
for (const [network, prefix, family] of [
  ["10.0.0.0", 8, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["::1", 128, "ipv6"],
] as const) {
  INSIDE.addSubnet(network, prefix, family);
}

/** Who answers for a name decides where the pod sends its data, and reads every name that it asks for. */
const nameServers = ({ path, spec }: Pod): Fault[] =>
  texts(spec, "dnsConfig", "nameservers").flatMap((got, index) => {
    const family = isIP(got) === 6 ? "ipv6" : "ipv4";
    return unless(isIP(got) === 0 || INSIDE.check(got, family), {
      property: `${path}.dnsConfig.nameservers[${index}]`,
      got,
      want: "left out, or an address of your own networks",
    });
  });

/** A name with an address of its own leads past the name servers: to whomever has the address, now and later. */
const fixedNames = ({ path, spec }: Pod): Fault[] =>
  bags(spec, "hostAliases").flatMap((alias, index) => {
    const got = text(alias, "ip") ?? "";
    return unless(/^127\.|^::1$/.test(got) || got === "", {
      property: `${path}.hostAliases[${index}].ip`,
      got,
      want: "left out: name servers tell which address a name has",
    });
  });
