import { levels, type Rule, rule } from "../rule.ts";

const CLUSTER = "aws:eks/cluster:Cluster";
const ANYWHERE = ["0.0.0.0/0", "::/0"];

const endpointNotPublic = rule({
  id: "EKS-01",
  title: "The Kubernetes API is private, or open to named networks only",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 5.4.1", "FSBP EKS.1", "AISF-RUNTIME-01"],
  remediation: "Set `endpointPublicAccess: false`, or list your own networks in `publicAccessCidrs`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_38", "CKV_AWS_39", "AWS-0040", "AWS-0041", "prowler"],
  types: [CLUSTER],
  check: ({ inputs }) => {
    const access = inputs.vpcConfig ?? {};
    // AWS's own default is public, to everybody.
    if (access.endpointPublicAccess === false) {
      return [];
    }
    const cidrs: string[] = access.publicAccessCidrs ?? ANYWHERE.slice(0, 1);
    const open = cidrs.filter((cidr) => ANYWHERE.includes(cidr));
    return open.map((cidr) => ({ property: "vpcConfig.publicAccessCidrs", got: cidr, want: "networks that you know" }));
  },
});

const endpointPrivate = rule({
  id: "EKS-02",
  title: "Nodes reach the Kubernetes API inside the VPC; in prod everybody does",
  severity: "high",
  levels: levels("A/A/M"),
  frameworks: ["CIS EKS 5.4.2"],
  remediation: "Set `endpointPrivateAccess: true`; in prod also `endpointPublicAccess: false`, and run CI in the VPC.",
  peers: ["CKV_AWS_39"],
  parameters: { dev: { publicToo: true }, staging: { publicToo: true }, prod: { publicToo: false } },
  types: [CLUSTER],
  check: ({ inputs }, { publicToo }) => {
    const { endpointPrivateAccess = false, endpointPublicAccess = true } = inputs.vpcConfig ?? {};
    return [
      ...(endpointPrivateAccess ? [] : [{ property: "vpcConfig.endpointPrivateAccess", got: "false", want: "true" }]),
      ...(endpointPublicAccess && !publicToo ? [{ property: "vpcConfig.endpointPublicAccess", got: "true", want: "false" }] : []),
    ];
  },
});

const secretsEncrypted = rule({
  id: "EKS-03",
  title: "Kubernetes secrets are encrypted with a key of one's own",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.3.1", "FSBP EKS.3"],
  remediation: 'Set `encryptionConfig: { provider: { keyArn }, resources: ["secrets"] }` with a key of the environment.',
  peers: ["pulumi compliance-policies", "CKV_AWS_58", "AWS-0039", "prowler"],
  types: [CLUSTER],
  check: ({ inputs }) => {
    const config = inputs.encryptionConfig ?? {};
    if (!("keyArn" in (config.provider ?? {}))) {
      return [{ property: "encryptionConfig.provider.keyArn", got: "nothing", want: "a key of your own" }];
    }
    const kinds: string[] = config.resources ?? [];
    return kinds.includes("secrets")
      ? []
      : [{ property: "encryptionConfig.resources", got: kinds.join(", ") || "nothing", want: "a list with secrets" }];
  },
});

const everyLog = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

const controlPlaneLogged = rule({
  id: "EKS-04",
  title: "The control plane logs who came in and what they did",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 2.1.1", "FSBP EKS.8"],
  remediation: "List the missing logs in `enabledClusterLogTypes`.",
  peers: ["CKV_AWS_37", "AWS-0038", "prowler"],
  parameters: {
    // Who came in and what they did: what the server says of itself is worth its price where others work.
    dev: { required: ["audit", "authenticator"] },
    staging: { required: ["api", "audit", "authenticator"] },
    prod: { required: everyLog },
  },
  types: [CLUSTER],
  check: ({ inputs }, { required }) => {
    const written: string[] = inputs.enabledClusterLogTypes ?? [];
    return required.every((log) => written.includes(log))
      ? []
      : [
          {
            property: "enabledClusterLogTypes",
            got: written.join(", ") || "nothing",
            want: `a list with ${required.join(", ")}`,
          },
        ];
  },
});

/** In EKS standard support on 2026-11-21; `components/versions.ts` has the days on which it ends. */
const SUPPORTED = { versions: ["1.34", "1.35", "1.36"] };

const versionSupported = rule({
  id: "EKS-05",
  title: "The cluster runs a Kubernetes version in standard support",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EKS.2"],
  remediation:
    'Set `version` to one of the list and `upgradePolicy: { supportType: "STANDARD" }`; upgrade one minor version at a time.',
  peers: ["CKV_AWS_339", "prowler"],
  parameters: { dev: SUPPORTED, staging: SUPPORTED, prod: SUPPORTED },
  types: [CLUSTER],
  check: ({ inputs }, { versions }) => {
    // Extended support costs six times as much and is what EKS does when nobody says otherwise.
    const support = inputs.upgradePolicy?.supportType ?? "EXTENDED";
    const version = inputs.version ?? "nothing";
    return [
      ...(support === "STANDARD" ? [] : [{ property: "upgradePolicy.supportType", got: support, want: "STANDARD" }]),
      ...(versions.includes(version) ? [] : [{ property: "version", got: version, want: `one of ${versions.join(", ")}` }]),
    ];
  },
});

const deletionProtected = rule({
  id: "EKS-07",
  title: "No tool deletes the cluster by mistake",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["AISF-RUNTIME-01", "SOC2 A1.2"],
  remediation: "Set `deletionProtection: true`.",
  peers: ["prowler"],
  types: [CLUSTER],
  check: ({ inputs: { deletionProtection = false } }) =>
    deletionProtection ? [] : [{ property: "deletionProtection", got: "false", want: "true" }],
});

export const EKS: readonly Rule[] = [
  endpointNotPublic,
  endpointPrivate,
  secretsEncrypted,
  controlPlaneLogged,
  versionSupported,
  deletionProtected,
];
