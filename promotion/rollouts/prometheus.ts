import * as z from "zod";
import { kubectl } from "./kubectl.ts";

/** Asks Prometheus for one number; nothing where it has none, or may not be asked. */
export type Prometheus = (query: string) => Promise<number | undefined>;

const RESULT = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

const ANSWER = z.string().transform((text, context) => {
  try {
    return RESULT.parse(JSON.parse(text));
  } catch {
    context.addIssue("must be an answer of Prometheus");
    return z.NEVER;
  }
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
    const { data } = ANSWER.safeParse(said);
    const value = Number(data?.data.result[0]?.value[1]);
    return Number.isFinite(value) ? value : undefined;
  };
}
