import type { GpuInstanceType } from "#components/gpu/instance-types";

/** When the prices below were read; a plan says so beside every sum. */
export const PRICES_AS_OF = "2026-11-21";

/** Region they hold for. Others differ by some percent; the order of magnitude is what a plan is for. */
export const PRICES_REGION = "us-east-1";

/** Hours of a month in every price list of AWS. */
export const HOURS = 730;

/** On-demand, US dollars an hour (Karpenter's price table generated 2026-07-20 from the AWS price list). */
export const INSTANCE_HOUR: Record<string, number> & Record<GpuInstanceType, number> = {
  "t4g.nano": 0.0042,
  "t3.medium": 0.0416,
  "t3.large": 0.0832,
  "m7g.large": 0.0816,
  "m7i.large": 0.1008,
  "m7i.xlarge": 0.2016,
  "m8g.large": 0.08976,
  "g4dn.xlarge": 0.526,
  "g5.xlarge": 1.006,
  "g5.12xlarge": 5.672,
  "g6.xlarge": 0.8048,
  "g6.12xlarge": 4.6016,
  "g6e.xlarge": 1.861,
  "g6e.12xlarge": 10.49264,
  "g7e.2xlarge": 3.36312,
  "p4d.24xlarge": 21.957642,
  "p4de.24xlarge": 27.44705,
  "p5.4xlarge": 6.88,
  "p5.48xlarge": 55.04,
  "p5en.48xlarge": 63.296,
  "p6-b200.48xlarge": 113.9328,
  "p6-b300.48xlarge": 142.416,
};

/** PostgreSQL, one zone, US dollars an hour (AWS price pages; from memory of the list, not re-read: check before you sign a budget). */
export const DATABASE_HOUR: Record<string, number> = {
  "db.t4g.micro": 0.016,
  "db.t4g.small": 0.032,
  "db.t4g.medium": 0.065,
  "db.t4g.large": 0.129,
  "db.m7g.large": 0.168,
  "db.m7g.xlarge": 0.337,
  "db.r7g.large": 0.239,
};

/** US dollars a month, or an hour where the name says so. */
export const PRICE = {
  /** EKS control plane in standard support, an hour; six times as much in extended support. */
  clusterHour: 0.1,
  /** NAT gateway, an hour, before 0.045 a GB. */
  natGatewayHour: 0.045,
  /** Interface endpoint, an hour and zone, before 0.01 a GB. */
  interfaceEndpointHour: 0.01,
  /** Network load balancer, an hour, before capacity units. */
  loadBalancerHour: 0.0225,
  /** Private hosted zone, a month, before 0.40 a million queries (Route 53 pricing). */
  hostedZone: 0.5,
  /** gp3, a GiB and month. */
  volumeGiB: 0.08,
  /** RDS gp3, a GiB and month and zone. */
  databaseGiB: 0.115,
  /** Customer-managed key, a month. */
  key: 1,
  /** Secret in Secrets Manager, a month. */
  secret: 0.4,
  /** CloudWatch alarm, a month. */
  alarm: 0.1,
} as const;
