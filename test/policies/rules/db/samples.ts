/** Types of databases, and the golden stacks' own. */
export const INSTANCE = "aws:rds/instance:Instance";
export const CLUSTER = "aws:rds/cluster:Cluster";

export const database = "tracking-database";
export const at = `foundation-prod/${database}`;
