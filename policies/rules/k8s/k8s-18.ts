import { type Fault, ofEach, unless } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { type Bag, bags, list, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const API = "kubernetes:gateway.networking.k8s.io";
const GATEWAYS = ["v1", "v1beta1"].map((version) => `${API}/${version}:Gateway`);
const ROUTES = ["v1", "v1beta1"].map((version) => `${API}/${version}:HTTPRoute`);

export const K8S_18 = stackRule({
  id: "K8S-18",
  title: "A gateway of the Gateway API ends TLS for named hosts, and only redirects HTTP",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.4.5"],
  remediation:
    "Give each listener `protocol: HTTPS`, its `hostname` and `tls.certificateRefs`. Attach to a listener of HTTP one HTTPRoute by its `sectionName`, with a `RequestRedirect` to `https`.",
  types: [...GATEWAYS, ...ROUTES],
  relate: (resources) => {
    const routes = resources.filter(({ type }) => ROUTES.includes(type));
    return ofEach(
      resources.filter(({ type }) => GATEWAYS.includes(type)),
      (gateway) =>
        bags(gateway.inputs, "spec", "listeners").flatMap((listener, index) =>
          listenerFaults(gateway, listener, `spec.listeners[${index}]`, routes),
        ),
    );
  },
});

function listenerFaults(resource: Resource, listener: Bag, path: string, routes: readonly Resource[]): Fault[] {
  const protocol = text(listener, "protocol") ?? "nothing";
  const host = text(listener, "hostname") ?? "nothing, which is every host";
  if (protocol === "HTTP" && onlyRedirects(routes.filter((route) => isAttached(route, resource, listener)))) {
    return [];
  }
  return [
    ...unless(["HTTPS", "TLS"].includes(protocol), {
      resource,
      property: `${path}.protocol`,
      got: protocol,
      want: "HTTPS, TLS, or HTTP with a route that redirects to https",
    }),
    ...unless(!["HTTPS", "TLS"].includes(protocol) || (!host.startsWith("nothing") && host !== "*"), {
      resource,
      property: `${path}.hostname`,
      got: host,
      want: "the host that it answers for",
    }),
    ...unless(protocol !== "HTTPS" || list(listener, "tls", "certificateRefs").length > 0, {
      resource,
      property: `${path}.tls.certificateRefs`,
      got: "nothing",
      want: "a certificate for its host",
    }),
  ];
}

/** Whether a route takes requests of a listener: it names the gateway, and this listener or none. */
const isAttached = (route: Resource, gateway: Resource, listener: Bag): boolean =>
  bags(route.inputs, "spec", "parentRefs").some(
    (parent) =>
      text(parent, "name") === nameOf(gateway) &&
      (text(parent, "namespace") ?? namespaceOf(route)) === namespaceOf(gateway) &&
      (text(parent, "sectionName") ?? text(listener, "name")) === text(listener, "name"),
  );

const onlyRedirects = (routes: readonly Resource[]): boolean =>
  routes.length > 0 &&
  routes.every(({ inputs }) => {
    const rules = bags(inputs, "spec", "rules");
    return (
      rules.length > 0 &&
      rules.every((rule) => bags(rule, "filters").some((each) => text(each, "requestRedirect", "scheme") === "https"))
    );
  });
