import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../iam.ts";

/** What a kind of source asks of the workload. */
export interface StreamParts {
  /** Variables of the program (docs/model-server.md, "Streams"). */
  variables: Record<string, pulumi.Input<string>>;
  /** Rights of its role. */
  statements: Statement[];
  /** Ways out, beside those to AWS. */
  egress: k8s.types.input.networking.v1.NetworkPolicyEgressRule[];
}
