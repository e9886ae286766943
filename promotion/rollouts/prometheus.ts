import * as z from "zod";
import { kubectl } from "./kubectl.ts";

/** Asks Prometheus for one number; nothing where it has none, or may not be asked. */
export type Prometheus = (query: string) => Promise<number | undefined>;

const ANSWER = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** The Prometheus of an address inside the cluster, asked through the API server: nobody needs a way to it. */
export function prometheusAt(address: string): Prometheus | undefined {
  const [, service, namespace, port = "80"] = /^http:\/\/([\w-]+)\.([\w-]+)(?:\.svc[\w.-]*)?(?::(\d+))?\/?$/.exec(address) ?? [];
  if (service === undefined || namespace === undefined) {
    return undefined;
  }
  const path = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy/api/v1/query`;
  return async (query) => {
    // Who may look at Rollouts need not be allowed to reach monitoring: the numbers of the release are there without it.
    const said = await kubectl("get", "--raw", `${path}?query=${encodeURIComponent(query)}`).catch(() => undefined);
    const { data } = ANSWER.safeParse(said === undefined ? undefined : JSON.parse(said));
    const value = Number(data?.data.result[0]?.value[1]);
    return Number.isFinite(value) ? value : undefined;
  };
}
