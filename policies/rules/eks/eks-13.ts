import { ADDON, CLUSTER, NODE_GROUP } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, unless } from "../../findings.ts";
import { text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Minor versions that kubelet and kube-proxy may be older than the API server (Kubernetes documentation, "Version Skew Policy"). */
const BEHIND = 3;

export const EKS_13 = stackRule({
  id: "EKS-13",
  title: "Nodes and kube-proxy are not newer than the API server, and at most three minor versions older",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Give the node group and the add-on `kube-proxy` the version of the cluster; upgrade the cluster first, then both.",
  types: [CLUSTER, NODE_GROUP, ADDON],
  relate: (resources) => {
    const clusters = resources.filter(({ type }) => type === CLUSTER);
    return ofEach(resources, (resource): Finding[] => {
      const part = partOf(resource);
      const cluster = part && clusterOf(resource, clusters);
      const server = cluster && text(cluster.inputs, "version");
      return part && server !== undefined ? skew(resource, part, server) : [];
    });
  },
});

/** Property with the version of a part that talks to the API server; nothing where EKS follows the cluster. */
function partOf({ type, inputs }: Resource): { property: string; got: string } | undefined {
  const property =
    type === NODE_GROUP ? "version" : type === ADDON && text(inputs, "addonName") === "kube-proxy" ? "addonVersion" : undefined;
  const got = property && text(inputs, property);
  return property !== undefined && got !== undefined ? { property, got } : undefined;
}

/** The only cluster of the stack, or the one that the part names. */
const clusterOf = ({ inputs }: Resource, clusters: readonly Resource[]): Resource | undefined =>
  clusters.length > 1 ? clusters.find((each) => text(each.inputs, "name") === text(inputs, "clusterName")) : clusters[0];

function skew(resource: Resource, { property, got }: { property: string; got: string }, server: string): Fault[] {
  const behind = minorOf(server) - minorOf(got);
  // A version that is none is refused by EKS.
  return unless(Number.isNaN(behind) || (behind >= 0 && behind <= BEHIND), {
    resource,
    property,
    got,
    want: `of Kubernetes ${server}, or at most ${BEHIND} minor versions older`,
  });
}

const minorOf = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1]);
