/** Pods as the API server calls them. Every workload makes pods, so a rule about pods covers all workloads. */
export const PODS = { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] };

/** Containers of the pod in `object`: those that run, and those that prepare them. */
export const CONTAINERS = {
  name: "containers",
  expression: "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])",
};

/** Whether something is true of every container `c` of the variable `containers`. */
export const everyContainer = (condition: string): string => `variables.containers.all(c, ${condition})`;
