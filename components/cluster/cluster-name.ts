import type * as pulumi from "@pulumi/pulumi";
import { CLUSTER_NAME, CLUSTER_NAME_RULE, fits, NAME_LIMITS } from "../naming.ts";
import { matching } from "../shape.ts";
import { check } from "../validation.ts";

/** Name of a cluster that is made here. */
export const clusterName = matching(CLUSTER_NAME, CLUSTER_NAME_RULE);

/** @throws {pulumi.ResourceError} when the name is longer than EKS takes. */
export function checkClusterName(name: string, on: pulumi.Resource): void {
  check.that(fits("eks cluster", name), "clusterName", `at most ${NAME_LIMITS["eks cluster"]} characters long`, name, on);
}
