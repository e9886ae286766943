/** A limit of AWS on one account in one region, by its code in Service Quotas. */
export interface Quota {
  /** Its name there. */
  name: string;
  service: string;
  code: string;
  /** Question of the AWS CLI that counts what is in use, for a quota without a usage metric. @default - the metric is asked */
  count?: readonly string[];
}

/** Codes are the same in every region and account (Service Quotas console; read 2026-11-28). */
export const QUOTAS = {
  vpcs: {
    name: "VPCs per Region",
    service: "vpc",
    code: "L-F678F1CE",
    count: ["ec2", "describe-vpcs", "--query", "length(Vpcs)"],
  },
  natGateways: { name: "NAT gateways per Availability Zone", service: "vpc", code: "L-FE5A380F" },
  interfaceEndpoints: { name: "Interface VPC endpoints per VPC", service: "vpc", code: "L-29B6F2EB" },
  addresses: {
    name: "EC2-VPC Elastic IPs",
    service: "ec2",
    code: "L-0263D0A3",
    count: ["ec2", "describe-addresses", "--query", "length(Addresses)"],
  },
  loadBalancers: { name: "Network Load Balancers per Region", service: "elasticloadbalancing", code: "L-69A177A2" },
  clusters: {
    name: "Clusters",
    service: "eks",
    code: "L-1194D53C",
    count: ["eks", "list-clusters", "--query", "length(clusters)"],
  },
  databases: { name: "DB instances", service: "rds", code: "L-7B6409FD" },
  standard: { name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", service: "ec2", code: "L-1216C47A" },
  standardSpot: { name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", service: "ec2", code: "L-34B43A08" },
  g: { name: "Running On-Demand G and VT instances", service: "ec2", code: "L-DB2E81BA" },
  gSpot: { name: "All G and VT Spot Instance Requests", service: "ec2", code: "L-3819A6DF" },
  p: { name: "Running On-Demand P instances", service: "ec2", code: "L-417A185B" },
  pSpot: { name: "All P4, P3 and P2 Spot Instance Requests", service: "ec2", code: "L-7212CCBC" },
  p5Spot: { name: "All P5 Spot Instance Requests", service: "ec2", code: "L-C4BD4855" },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof QUOTAS;

/** The quota that counts the vCPUs of a type; `undefined` for a family that none of ours belongs to. */
export function vcpuQuota(type: string, capacity: "on-demand" | "spot"): QuotaName | undefined {
  const spot = capacity === "spot";
  if (/^(g\d|vt\d)/.test(type)) {
    return spot ? "gSpot" : "g";
  }
  if (/^p\d/.test(type)) {
    return spot ? (/^p[56]/.test(type) ? "p5Spot" : "pSpot") : "p";
  }
  return /^[acdhimrtz]\d/.test(type) ? (spot ? "standardSpot" : "standard") : undefined;
}

/** vCPUs of a size, by which EC2 names its sizes: `large` has 2, `xlarge` 4, `<n>xlarge` n times as many. `undefined` for the others. */
export function vcpus(type: string): number | undefined {
  const [, times, size] = /\.(\d*)(large|xlarge)$/.exec(type) ?? [];
  if (size === undefined) {
    return undefined;
  }
  return size === "large" ? 2 : 4 * Number(times || 1);
}
