/** Nodes are drained one model server at a time; a server that is broken anyway does not hold a drain up. */
export const disruptionSpec = (name: string) => ({
  maxUnavailable: 1,
  unhealthyPodEvictionPolicy: "AlwaysAllow",
  selector: { matchLabels: { app: name } },
});
