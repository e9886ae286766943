import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { Password } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { describe, expect, it } from "vitest";
import { named } from "../named.ts";
import { everything, minimal, tracking } from "./fixture.ts";

const SECRET_MARK = "4dabf18193072939515e22adb298388d";

describe("objects of the tracking server", () => {
  it.each([
    ["tracking-password", ExternalSecret],
    ["tracking-master", ExternalSecret],
    ["tracking-keys", ExternalSecret],
    ["tracking-generator", Password],
    ["tracking-monitor", ServiceMonitor],
    ["tracking-route", VirtualService],
  ])("%s passes its schema", async (name, Model) => {
    const { apiVersion, kind, metadata, spec } = named(await tracking(everything), name).inputs;
    const model = new (Model as new (data: object) => { apiVersion: string; kind: string; validate(): void })({ metadata, spec });
    expect({ apiVersion, kind }).toEqual({ apiVersion: model.apiVersion, kind: model.kind });
    expect(() => model.validate()).not.toThrow();
  });

  it("make the password of the server's user once", async () => {
    expect(named(await tracking(), "tracking-password").inputs["spec"]).toMatchObject({
      refreshPolicy: "CreatedOnce",
      target: {
        name: "mlflow-database",
        creationPolicy: "Orphan",
        immutable: true,
        template: { data: { "pg_service.conf": "[mlflow]\npassword={{ .password }}\n" } },
      },
      dataFrom: [{ sourceRef: { generatorRef: { kind: "Password", name: "mlflow-keys" } } }],
    });
  });

  it("take the master user's password from Secrets Manager into a connection service file", async () => {
    expect(named(await tracking(), "tracking-master").inputs["spec"]).toEqual({
      refreshInterval: "1m",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets" },
      target: {
        name: "mlflow-database-master",
        creationPolicy: "Owner",
        template: { engineVersion: "v2", data: { "pg_service.conf": "[mlflow]\npassword={{ .password }}\n" } },
      },
      data: [{ secretKey: "password", remoteRef: { key: minimal.database.secretArn, property: "password" } }],
    });
  });

  it("make every key once, and name it as the template does", async () => {
    const { refreshPolicy, target, dataFrom } = named(await tracking(), "tracking-keys").inputs["spec"];
    expect(refreshPolicy).toBe("CreatedOnce");
    expect(target).toMatchObject({ name: "mlflow-keys", creationPolicy: "Orphan", immutable: true });
    expect(target.template.data).toEqual({
      "webhook-key": "{{ .webhooks }}=",
      "gateway-passphrase": "{{ .passphrase }}",
      "admin-password": "{{ .admin }}",
    });
    expect(dataFrom.map((each: any) => each.rewrite[0].regexp.target)).toEqual(["webhooks", "passphrase", "admin"]);
  });

  it("make webhook keys that Fernet takes: 32 bytes in base64", async () => {
    const { length } = named(await tracking(), "tracking-generator").inputs["spec"];
    expect(Buffer.from(`${"a".repeat(length)}=`, "base64url")).toHaveLength(32);
  });

  it("hold no secret value, and none of them is a Secret", async () => {
    const graph = await tracking(everything);
    expect(graph.filter(({ type }) => type.endsWith(":Secret") || type.startsWith("random:"))).toEqual([]);
    expect(JSON.stringify(graph)).not.toContain(SECRET_MARK);
    // An address with a password would read `user:password@host`.
    expect(JSON.stringify(graph)).not.toMatch(/postgresql[^"]*:\/\/[^"@/]*:[^"@/]*@/);
  });

  it("let the server read and write its own folder, and use the key through S3 alone", async () => {
    const policy = named(await tracking(), "tracking-role-permissions").inputs["policy"];
    expect(JSON.parse(policy).Statement).toEqual([
      {
        Sid: "ListArtifacts",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::example.artifacts"],
        Condition: { StringLike: { "s3:prefix": ["mlflow", "mlflow/*"] } },
      },
      {
        Sid: "KeepArtifacts",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: ["arn:aws:s3:::example.artifacts/mlflow/*"],
      },
      {
        Sid: "UseKeyThroughS3",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: ["arn:aws:kms:eu-west-1:111111111111:key/data"],
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
      },
    ]);
  });

  it("allow only the named traffic, in and out", async () => {
    const graph = await tracking(everything);
    expect(named(graph, "tracking-deny").inputs["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const ours = { podSelector: { matchLabels: { "app.kubernetes.io/name": "mlflow" } } };
    const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
    const tcp = (port: number) => ({ protocol: "TCP", port });
    expect(named(graph, "tracking-traffic").inputs["spec"]).toEqual({
      ...ours,
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [ours, { namespaceSelector: { matchLabels: minimal.clientLabels } }, namespace("istio-ingress")],
          ports: [tcp(5000)],
        },
        { from: [namespace("monitoring")], ports: [tcp(9464)] },
      ],
      egress: [
        { to: [namespace("kube-system")], ports: [{ protocol: "UDP", port: 53 }, tcp(53)] },
        { to: [{ ipBlock: { cidr: "10.30.0.0/16" } }], ports: [tcp(5432)] },
        { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [tcp(80)] },
        { to: [ours], ports: [tcp(5000)] },
        { ports: [tcp(443)] },
      ],
    });
    const closed = named(await tracking(), "tracking-traffic").inputs["spec"];
    expect(closed.ingress[0].from).toEqual([ours, { namespaceSelector: { matchLabels: minimal.clientLabels } }]);
  });

  it("route a host through the gateway to the Service", async () => {
    expect(named(await tracking(everything), "tracking-route").inputs["spec"]).toEqual({
      hosts: ["mlflow.example.com"],
      gateways: ["istio-ingress/ingress"],
      http: [{ route: [{ destination: { host: "mlflow.mlflow.svc.cluster.local", port: { number: 80 } } }] }],
    });
  });
});
