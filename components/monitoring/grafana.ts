import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import type * as pulumi from "@pulumi/pulumi";
import { sized } from "../placement.ts";
import { fields, input, matching, optional, text } from "../shape.ts";

/** An OpenID Connect provider with which people sign on. */
export interface SignOn {
  /** Client that is registered there. */
  clientId: string;
  /** ARN of the secret in AWS Secrets Manager that holds the client's secret as its whole text. */
  secretArn: string;
  /** ClusterSecretStore that reads the secret. */
  secretStore: pulumi.Input<string>;
  /** Endpoints, as the provider's `.well-known/openid-configuration` names them. */
  authorizeUrl: string;
  tokenUrl: string;
  userInfoUrl: string;
  /** JMESPath over the claims that gives `Admin`, `Editor` or `Viewer`. @default - everybody is a Viewer */
  role?: string;
}

const secureAddress = matching(/^https:\/\/\S+$/, "a web address that begins with https://");

export const signOn = fields<SignOn>({
  clientId: matching(/^\S+$/, "the id of a client, without spaces"),
  secretArn: text,
  secretStore: input(text),
  authorizeUrl: secureAddress,
  tokenUrl: secureAddress,
  userInfoUrl: secureAddress,
  role: optional(text),
});

/** Secret with the client's secret. */
export const CLIENT_SECRET = { name: "grafana-sign-on", key: "client-secret" } as const;

/** Path that the provider must allow as a redirect, below Grafana's address. */
export const REDIRECT_PATH = "/login/generic_oauth";

/** Role of Grafana's side-cars, in Grafana's namespace. */
export const DASHBOARDS_ROLE = "grafana-dashboards";

/** The chart's own roles, those of one namespace too, let the side-cars read Secrets. Dashboards and data sources are ConfigMaps. */
export const READ_DASHBOARDS = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }];

/**
 * Grafana keeps nothing: dashboards are code, and what somebody clicks together in it is gone with its pod.
 *
 * @param host name under which browsers reach it, when there is a route
 */
export function grafanaValues(adminSecret: pulumi.Input<string>, host?: string, signOn?: SignOn): object {
  return {
    admin: { existingSecret: adminSecret, userKey: "admin-user", passwordKey: "admin-password" },
    defaultDashboardsEditable: false,
    // Without both, Grafana could read every Secret of the cluster.
    rbac: { namespaced: true, useExistingRole: DASHBOARDS_ROLE },
    sidecar: {
      resources: sized("10m", "96Mi", "256Mi"),
      dashboards: {
        resource: "configmap",
        // The stack's own default is every namespace.
        searchNamespace: null,
        folderAnnotation: "grafana_folder",
        provider: { foldersFromFilesStructure: true },
      },
      datasources: { resource: "configmap" },
    },
    resources: sized("100m", "192Mi", "512Mi"),
    ...(host !== undefined && {
      "grafana.ini": { server: { root_url: `https://${host}` }, ...(signOn && { "auth.generic_oauth": oauth(signOn) }) },
    }),
    ...(signOn && { envValueFrom: { GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: { secretKeyRef: CLIENT_SECRET } } }),
  };
}

/** Grafana documentation, "Configure generic OAuth authentication". The secret comes from the environment. */
const oauth = ({ clientId, authorizeUrl, tokenUrl, userInfoUrl, role }: SignOn): object => ({
  enabled: true,
  name: "Single sign-on",
  client_id: clientId,
  scopes: "openid profile email",
  auth_url: authorizeUrl,
  token_url: tokenUrl,
  api_url: userInfoUrl,
  allow_sign_up: true,
  use_pkce: true,
  role_attribute_path: role ?? "'Viewer'",
  role_attribute_strict: true,
});

/** Copies the client's secret. Its value passes neither through a program nor through its state. */
export function clientSecretSpec({ secretArn, secretStore }: SignOn): object {
  return {
    refreshInterval: "1h",
    secretStoreRef: { kind: "ClusterSecretStore", name: secretStore as string },
    target: { name: CLIENT_SECRET.name, creationPolicy: "Owner" },
    data: [{ secretKey: CLIENT_SECRET.key, remoteRef: { key: secretArn } }],
  } satisfies IExternalSecret["spec"];
}
