// `service-forwarder.ts <address>`: forwards each connection to the next ready pod of a Service. Its parent tells it which they are.

import { connect, createServer, type Server, type Socket } from "node:net";
import { SERVICE_PORTS } from "#components/serving/names";
import type { ServicePod } from "./services.ts";

/** Where a connection may go. */
export type Ready = Pick<ServicePod, "address" | "number">;

/** Forwards each connection to the next of the pods; without any it is refused, as by a node. */
export function forwarder(pods: () => readonly Ready[]): Server {
  let turn = 0;
  return createServer({ noDelay: true }, (asking) => {
    const ready = pods();
    const pod = ready[turn++ % ready.length];
    if (pod === undefined) {
      asking.resetAndDestroy();
      return;
    }
    const answering = connect({ host: pod.address, port: pod.number, noDelay: true });
    join(asking, answering);
    join(answering, asking);
  });
}

/** What one side says goes to the other; its end, however it comes, is the other's end. */
function join(one: Socket, other: Socket): void {
  one.pipe(other);
  one.on("error", () => other.destroy());
  one.on("close", () => other.destroy());
}

const [, program, address] = process.argv;
if (import.meta.filename === program) {
  let ready: readonly Ready[] = [];
  process.on("message", (pods: readonly Ready[]) => {
    ready = pods;
  });
  process.once("disconnect", () => process.exit());
  forwarder(() => ready).listen(SERVICE_PORTS.http, address, () => process.send?.("listens"));
}
