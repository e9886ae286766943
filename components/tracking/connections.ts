/** Connections that one SQLAlchemy engine keeps, and may open on top, in one process. */
export const POOL = { size: 4, overflow: 4, recycleSeconds: 1_800 } as const;

/** Engines of one process, each with a pool of its own: tracking store and model registry (MLflow 3.17, read and counted). */
const ENGINES = 2;

/** A rollout starts one replica before it ends another. */
export const SURGE = 1;

/** What the server may take of the database's connections; the rest is for migrations, garbage collection and people. */
const SHARE = 0.8;

/**
 * Most database connections that the server can hold at one time. Every replica is a process that starts the workers, and keeps one
 * connection an engine itself.
 *
 * @param replicas at most at one time, without the one more of a rollout
 * @param workers processes of a replica that answer requests
 */
export function mostConnections(replicas: number, workers: number): number {
  return (replicas + SURGE) * ENGINES * (workers * (POOL.size + POOL.overflow) + 1);
}

/** Most replicas that stay below 80 % of a database's connections; 0 or less when not even one does. */
export function replicasWithin(maxConnections: number, workers: number): number {
  const replica = ENGINES * (workers * (POOL.size + POOL.overflow) + 1);
  return Math.ceil((SHARE * maxConnections) / replica) - 1 - SURGE;
}
