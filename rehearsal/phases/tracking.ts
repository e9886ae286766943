import { counted } from "#render/counted";
import { PAGES } from "#stacks/names";
import { NETWORK } from "../cluster/isolation/addresses.ts";
import { phase } from "../phase.ts";
import { readBack, refuseAll, strangers } from "../tracking/checks.ts";
import { killServer } from "../tracking/kill.ts";
import { SERVICE, type Way, withToken } from "../tracking/server.ts";
import { TLS_ENDED } from "../traffic/forwarded.ts";

/** From outside of the cluster, through the gateway: how people reach it. */
const ROUTE: Way = { address: NETWORK.gateway, port: 80, headers: { ...TLS_ENDED, host: PAGES.tracking } };

/** Nothing of the tracking server is a stand-in but AWS: its database is PostgreSQL with verified TLS, its artifacts lie behind the protocol of S3. */
export const tracking = phase({
  name: "tracking",
  summary: "asks MLflow: it refuses strangers, and has every run and file that was recorded, also after it was killed",
  needs: ["control-plane", "platform", "controllers", "models"],
  run: async ({ cluster, versions, trainer, update }) => {
    const [first] = versions;
    if (first === undefined || trainer === undefined) {
      throw new Error("models must have been trained for the tracking server to have something to keep");
    }
    update("strangers");
    const visitor = await withToken(cluster.kube, "default", "default");
    const refused = strangers(SERVICE, trainer, visitor, first);
    await refuseAll(refused);
    update("reading back");
    await readBack(ROUTE, trainer, first);
    update("killed, starting again");
    const seconds = await killServer(cluster.kube, ROUTE);
    await Promise.all(versions.map((version) => readBack(ROUTE, trainer, version)));
    return {
      detail: `${counted(versions.length, "run")} with parameters, metrics and files recorded, registered and read through the gateway by digest · ${refused.length} strangers refused · killed, and back after ${seconds.toFixed(1)} s with all of it`,
    };
  },
});
