import type { Json, Kube } from "../controlplane/kube.ts";

/** A port of a Service, by their names. */
export interface ServicePort {
  service: string;
  port: string;
}

/** A ready pod behind a port of a Service. */
export interface ServicePod extends ServicePort {
  namespace: string;
  pod: string;
  address: string;
  number: number;
}

/** Tells at once of no pods, and then which ready pods are behind ports of Services: the addresses of Services lead nowhere here. */
export function followServices(
  kube: Pick<Kube, "watch">,
  ports: readonly ServicePort[],
  onChange: (pods: ServicePod[]) => void,
  signal: AbortSignal,
): void {
  onChange([]);
  const slices = new Map<string, Json>();
  const names = [...new Set(ports.map(({ service }) => service))].join(",");
  const query = `labelSelector=${encodeURIComponent(`${SERVICE} in (${names})`)}`;
  const onSlice = (type: string, object: Json): void => {
    if (type === "SYNC") {
      slices.clear();
    }
    for (const slice of type === "SYNC" ? (object["items"] as Json[]) : [object]) {
      slices[type === "DELETED" ? "delete" : "set"](slice["metadata"].uid, slice);
    }
    onChange([...slices.values()].flatMap((slice) => podsIn(slice, ports)));
  };
  void kube.watch("/apis/discovery.k8s.io/v1/endpointslices", query, onSlice, signal);
}

/** Label of an EndpointSlice with its Service. */
const SERVICE = "kubernetes.io/service-name";

function podsIn({ metadata, endpoints, ports: known }: Json, ports: readonly ServicePort[]): ServicePod[] {
  const service: string = metadata.labels[SERVICE];
  const ready = ((endpoints ?? []) as Json[]).filter(({ conditions }) => conditions?.ready !== false);
  return ((known ?? []) as Json[])
    .filter(({ name }) => ports.some((wanted) => wanted.service === service && wanted.port === name))
    .flatMap(({ name: port, port: number }) =>
      ready.map(({ addresses: [address], targetRef }) => ({
        service,
        port,
        namespace: metadata.namespace,
        pod: targetRef?.name ?? "",
        address,
        number,
      })),
    );
}
