/**
 * The network inside a rehearsal. An address on `lo` makes its whole prefix local, so every process may listen on any
 * address of it: a pod's address costs nothing. An EndpointSlice accepts these addresses; it refuses 127.0.0.0/8.
 */
export const NETWORK = {
  /** The prefix put on `lo`. */
  prefix: "10.66.0.1/16",
  /** Where nodes say they are. */
  node: "10.66.0.1",
  /** Where the repositories of the charts listen, port 443. */
  charts: "10.66.0.6",
  /** Where the model store listens. */
  modelStore: "10.66.0.7",
  /** Where the artifacts of the tracking server lie. */
  artifactStore: "10.66.0.8",
  /** Where its database listens. */
  database: "10.66.0.9",
  /** Where the keys of the cluster's tokens can be had, port 443. */
  tokenIssuer: "10.66.0.11",
  /** What the gateway calls itself; it listens on every address. */
  gateway: "10.66.0.10",
} as const;

/** Where the gateway takes requests. */
export const GATEWAY = `${NETWORK.gateway}:80`;

/** Addresses of Services that pods ask by name: each has a network of its own, as such pods have. */
export const serviceAddress = (at: number): string => `10.67.1.${at + 1}`;

/** Addresses for pods, in the order in which they are used. */
export function podAddresses(): string[] {
  return [1, 2, 3, 4].flatMap((third) => Array.from({ length: 250 }, (_, last) => `10.66.${third}.${last + 1}`));
}

/** Addresses for pods that have a network of their own: outside the prefix, which is local to the rehearsal's. */
export function ownPodAddresses(): string[] {
  return Array.from({ length: 250 }, (_, last) => `10.67.0.${last + 1}`);
}
