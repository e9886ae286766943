import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { DNS_NAME, DNS_NAME_RULE } from "../naming.ts";
import { fields, input, label, listOf, text } from "../shape.ts";
import { check } from "../validation.ts";
import { API } from "../versions.ts";

export interface PrivateCertificateArgs {
  /** Namespace of the certificate and of everything that belongs to it. */
  namespace: pulumi.Input<string>;

  /** Secret that receives certificate and key (`tls.crt`, `tls.key`) and the authority that clients must trust (`ca.crt`). */
  secretName: string;

  /** Names that the certificate holds for; each may begin with `*.`. */
  dnsNames: readonly string[];
}

/** Ten years, ninety days and thirty days, as cert-manager wants them: in hours. */
const LIFETIME = { authority: "87600h", certificate: "2160h", renewBefore: "720h" } as const;

/**
 * A certificate from a certificate authority of its own, issued and renewed by cert-manager inside the cluster. It needs no domain on
 * the internet and no account. Clients trust it when they trust the authority: `ca.crt` of the Secret.
 *
 * Wants cert-manager to be ready.
 *
 * @throws {pulumi.ResourceError} when the Secret's name or a DNS name is invalid, or there is no name.
 */
export class PrivateCertificate extends Component {
  static override readonly shape = fields<PrivateCertificateArgs>({
    namespace: input(text),
    secretName: label,
    dnsNames: listOf(text),
  });

  /** Secret with the certificate, once cert-manager has issued it. */
  readonly secretName: string;

  constructor(name: string, args: PrivateCertificateArgs, opts?: ComponentOptions) {
    super("certificates:PrivateCertificate", name, args, opts);
    const { namespace, secretName, dnsNames } = args;
    validate(args, this);

    const child = { parent: this };
    const authority = `${secretName}-authority`;
    const object = (
      role: string,
      kind: "Certificate" | "Issuer",
      objectName: string,
      spec: object,
      dependsOn: pulumi.Resource[] = [],
    ) =>
      new k8s.apiextensions.CustomResource(
        `${name}-${role}`,
        { apiVersion: API.certificates, kind, metadata: { name: objectName, namespace }, spec },
        { ...child, dependsOn },
      );

    const root = object("root", "Issuer", `${authority}-root`, { selfSigned: {} });
    const ca = object("authority", "Certificate", authority, authoritySpec(authority, secretName), [root]);
    const issuer = object("issuer", "Issuer", authority, { ca: { secretName: authority } }, [ca]);
    object("issued", "Certificate", secretName, certificateSpec(secretName, authority, dnsNames), [issuer]);

    this.secretName = secretName;
    this.registerOutputs({ secretName });
  }
}

const privateKey = { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" };

const authoritySpec = (authority: string, commonName: string): object => ({
  isCA: true,
  commonName: `${commonName} authority`,
  secretName: authority,
  duration: LIFETIME.authority,
  privateKey,
  issuerRef: { kind: "Issuer", name: `${authority}-root` },
});

const certificateSpec = (secretName: string, authority: string, dnsNames: readonly string[]): object => ({
  secretName,
  dnsNames: [...dnsNames],
  duration: LIFETIME.certificate,
  renewBefore: LIFETIME.renewBefore,
  privateKey,
  usages: ["digital signature", "key encipherment", "server auth"],
  issuerRef: { kind: "Issuer", name: authority },
});

function validate({ dnsNames }: PrivateCertificateArgs, certificate: pulumi.Resource): void {
  check.length("dnsNames", dnsNames, { min: 1 }, certificate);
  for (const dnsName of dnsNames) {
    check.matches("dnsNames", dnsName.replace(/^\*\./, ""), DNS_NAME, DNS_NAME_RULE, certificate);
  }
}
