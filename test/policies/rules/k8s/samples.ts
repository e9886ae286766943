export const NAMESPACE = "kubernetes:core/v1:Namespace";

/** Where the pods of most workloads stand. */
export const POD = "spec.template.spec";
