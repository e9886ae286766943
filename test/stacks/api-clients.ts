import type { Recorded } from "#plan/record";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { stackOf } from "../harness/stacks.ts";

/** Who reaches port 443 of the Kubernetes API in an environment, as its resources say: `<from> → <address>`. */
export async function apiClients(environment: EnvironmentName): Promise<string[]> {
  const { resources, outputs, references } = await stackOf("platform", environment);
  const [foundation] = Object.values(references);
  const cluster = resources.find(({ type }) => type === "aws:eks/cluster:Cluster")?.inputs["vpcConfig"];
  const names = Object.fromEntries(Object.entries<string>(foundation!["network"].apiClients).map(([name, id]) => [id, name]));
  const rules = resources.filter(({ type, inputs }) => type.endsWith("IngressRule") && opens443(inputs));
  const clients: string[] = [
    // EKS puts control plane, nodes and pods into one group, whose members reach each other.
    ...(outputs["cluster"] ? ["nodes and pods → private address"] : []),
    ...(cluster.endpointPublicAccess ? cluster.publicAccessCidrs.map((cidr: string) => `${cidr} → public address`) : []),
    ...rules
      .filter(({ name }) => name.startsWith("cluster-"))
      .map(({ inputs }) => `${inputs["cidrIpv4"] ?? names[inputs["referencedSecurityGroupId"]]} → private address`),
  ];
  return clients.sort();
}

const opens443 = ({ fromPort, toPort, ipProtocol }: Recorded["inputs"]): boolean =>
  ipProtocol === "-1" || (fromPort <= 443 && toPort >= 443);
