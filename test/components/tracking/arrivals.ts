import type { Page } from "../../docs/pages.ts";

/** A request as it arrives at MLflow: what a browser or a client sends. */
export interface Arrival {
  how: string;
  host: string;
  /** Of the page that sends a change. Programs send none. */
  origin?: string;
}

const FORWARD = /kubectl (?:-n mlflow )?port-forward (?:-n mlflow )?(?:--address \S+ )?svc\/mlflow (\d+):80/g;
const ROUTE = /https:\/\/(mlflow\.[a-z0-9.-]+)/g;
const SERVICE = /http:\/\/(mlflow(?:\.mlflow(?:\.svc(?:\.cluster\.local)?)?)?)(?![.\w:])/g;

/** Every way to MLflow that a page documents. */
export function arrivalsIn({ path, text }: Page): Arrival[] {
  const forwards = [...text.matchAll(FORWARD)].flatMap(([, port]) =>
    ["localhost", "127.0.0.1", "[::1]"].map((name) => ({ host: `${name}:${port}`, origin: `http://${name}:${port}` })),
  );
  const routes = [...text.matchAll(ROUTE)].map(([, host = ""]) => ({ host, origin: `https://${host}` }));
  const services = [...text.matchAll(SERVICE)].map(([, host = ""]) => ({ host, origin: `http://${host}` }));
  return [...forwards, ...routes, ...services].map((arrival) => ({ how: path, ...arrival }));
}
