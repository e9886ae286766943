import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { describe, expect, it } from "vitest";
import type { SignOn } from "#components/monitoring/grafana";
import { GrafanaRoute } from "#components/monitoring/grafana-route";
import { PrometheusStack, type PrometheusStackArgs } from "#components/monitoring/prometheus-stack";
import { record, refusal } from "../../harness/graph.ts";
import { alerting, grafanaRoute, signOn } from "../minimal.ts";
import { named } from "../named.ts";

const HOST = "grafana.models.internal";
const minimal: PrometheusStackArgs = { ...alerting, webhook: "https://alerts.example.test" };
const stack = (args: Partial<PrometheusStackArgs> = {}) => record(() => new PrometheusStack("m", { ...minimal, ...args }));
const grafanaOf = async (args: Partial<PrometheusStackArgs> = {}) => named(await stack(args), "m-stack").inputs["values"].grafana;

describe("Grafana", () => {
  it("needs neither a name nor a sign-on", async () => {
    const grafana = await grafanaOf();
    expect(grafana["grafana.ini"]).toBeUndefined();
    expect(grafana.envValueFrom).toBeUndefined();
    expect(grafana.admin.existingSecret).toBe("grafana-admin");
  });

  it("knows the name of its route, so that its own links and redirects lead there", async () => {
    expect((await grafanaOf({ grafanaHost: HOST }))["grafana.ini"]).toEqual({ server: { root_url: `https://${HOST}` } });
  });

  it("signs people on by OpenID Connect, with a secret that External Secrets copies", async () => {
    const graph = await stack({ grafanaHost: HOST, signOn });
    const { "grafana.ini": ini, envValueFrom } = named(graph, "m-stack").inputs["values"].grafana;
    expect(ini["auth.generic_oauth"]).toMatchObject({
      enabled: true,
      client_id: "grafana",
      auth_url: "https://id.example.com/authorize",
      token_url: "https://id.example.com/token",
      api_url: "https://id.example.com/userinfo",
      use_pkce: true,
      role_attribute_path: "'Viewer'",
    });
    const { name, key } = envValueFrom.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET.secretKeyRef;
    const secret = named(graph, "m-sign-on").inputs["spec"];
    expect([secret.target.name, secret.data]).toEqual([name, [{ secretKey: key, remoteRef: { key: signOn.secretArn } }]]);
    expect(named(graph, "m-stack").dependencies).toContain("m-sign-on");
    expect(JSON.stringify(ini)).not.toContain("secret");
  });

  it("gives the role that the claims say", async () => {
    const role = "contains(groups[*], 'sre') && 'Admin' || 'Viewer'";
    const grafana = await grafanaOf({ grafanaHost: HOST, signOn: { ...signOn, role } });
    expect(grafana["grafana.ini"]["auth.generic_oauth"].role_attribute_path).toBe(role);
  });

  it.each<[Partial<PrometheusStackArgs>, RegExp]>([
    [
      { grafanaHost: "Grafana" },
      /^'grafanaHost' must be a full domain name in lower case, without port or wildcard, got 'Grafana'$/,
    ],
    [{ signOn }, /^'grafanaHost' must be set where 'signOn' is: /],
    ...(["authorizeUrl", "tokenUrl", "userInfoUrl"] as const).map((url): [Partial<PrometheusStackArgs>, RegExp] => [
      { grafanaHost: HOST, signOn: { ...signOn, [url]: "http://id.example.com" } satisfies SignOn },
      new RegExp(`^'signOn\\.${url}' must be a web address that begins with https://, got 'http://id.example.com'$`),
    ]),
    [{ grafanaHost: HOST, signOn: { ...signOn, clientId: "my client" } }, /^'signOn.clientId' must be the id of a client/],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new PrometheusStack("m", { ...minimal, ...args }))).toMatch(message);
  });
});

describe("GrafanaRoute", () => {
  it("leads from the gateway to Grafana's Service", async () => {
    const { inputs } = named(await record(() => new GrafanaRoute("route", grafanaRoute)), "route-service");
    expect(inputs["spec"]).toEqual({
      hosts: [HOST],
      gateways: ["istio-ingress/ingress"],
      http: [
        {
          route: [{ destination: { host: "kube-prometheus-stack-grafana.monitoring.svc.cluster.local", port: { number: 80 } } }],
        },
      ],
    });
    new VirtualService(inputs as ConstructorParameters<typeof VirtualService>[0]).validate();
  });

  it("refuses a wildcard", async () => {
    expect(await refusal(() => new GrafanaRoute("route", { ...grafanaRoute, host: "*.models.internal" }))).toBe(
      "'host' must be a full domain name in lower case, without port or wildcard, got '*.models.internal'",
    );
  });
});
