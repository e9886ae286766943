import { NAME } from "./pod.ts";

/** A way in which people and programs arrive at the tracking server. The guides document these and no other (docs/guides/aws.md). */
export interface Way {
  /** Host headers that arrive. MLflow compares whole strings, the port included, and matches a name that contains `*` as a pattern. */
  hosts: string[];
  /** Origins of the pages that MLflow serves this way: a browser sends them along with every change. Those on localhost are always allowed. */
  origins: string[];
}

/**
 * Every way in, by name.
 *
 * @param host name of the route through the ingress gateway, when there is one
 */
export function waysIn(host?: string): Record<string, Way> {
  const service = [NAME, `${NAME}.${NAME}`, `${NAME}.${NAME}.svc`, `${NAME}.${NAME}.svc.cluster.local`];
  return {
    service: { hosts: service.flatMap((name) => [name, `${name}:80`]), origins: service.map((name) => `http://${name}`) },
    // People choose the local port: `kubectl port-forward svc/mlflow <port>:80`.
    "port-forward": {
      hosts: ["localhost", "localhost:*", "127.0.0.1", "127.0.0.1:*", "[[]::1]", "[[]::1]:*"],
      origins: [],
    },
    ...(host !== undefined && { route: { hosts: [host, `${host}:443`], origins: [`https://${host}`] } }),
  };
}
