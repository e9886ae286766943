// Written by `npm run refresh:versions`: change the script, not this file.

/** Day on which EKS, or what is named as the source, said this. */
export const CLUSTER_VERSIONS_AS_OF = "2026-11-28";

/**
 * Kubernetes versions of EKS, with the last days of standard support and of extended support, which costs a price per cluster and hour.
 * Source: EKS user guide, "Understand the Kubernetes version lifecycle on EKS", and endoflife.date, as of 2026-11-21 (extended support of 1.36 is derived); add-ons as public repositories run them with 1.36, metrics-server with an older one.
 */
export const KUBERNETES = {
  default: "1.36",
  standardSupportEnds: { "1.34": "2026-12-02", "1.35": "2027-03-27", "1.36": "2027-08-02" },
  extendedSupportEnds: { "1.34": "2027-12-02", "1.35": "2028-03-27", "1.36": "2028-08-02" },
} as const;

/** EKS add-ons, for the default Kubernetes version. */
export const ADDONS = {
  "vpc-cni": "v1.22.4-eksbuild.3",
  "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
  "kube-proxy": "v1.36.0-eksbuild.25",
  coredns: "v1.14.3-eksbuild.23",
  "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
  "metrics-server": "v0.9.0-eksbuild.11",
  "eks-node-monitoring-agent": "v1.6.6-eksbuild.1",
} as const;
