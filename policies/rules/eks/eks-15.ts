import { ADDON } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Oldest lines that run with a Kubernetes in standard support (EKS user guide, the page of each add-on). kube-proxy is a matter of EKS-13. */
const OLDEST = {
  oldest: {
    "aws-ebs-csi-driver": "1.40",
    "aws-efs-csi-driver": "2.1",
    coredns: "1.12",
    "eks-node-monitoring-agent": "1.2",
    "eks-pod-identity-agent": "1.3",
    "metrics-server": "0.7",
    "vpc-cni": "1.19",
  } as Record<string, string>,
};

export const EKS_15 = rule({
  id: "EKS-15",
  title: "An add-on has a version that the program names, of a line that runs with a supported Kubernetes",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-190 4.3.5"],
  remediation:
    "Set `addonVersion` to what `aws eks describe-addon-versions --kubernetes-version <version of the cluster>` lists. The parameter `oldest` has the oldest line of each add-on.",
  parameters: { dev: OLDEST, staging: OLDEST, prod: OLDEST },
  types: [ADDON],
  check: ({ inputs }, { oldest }): Fault[] => {
    const got = text(inputs, "addonVersion") ?? "nothing";
    const line = lineOf(got);
    if (line === undefined) {
      return [{ property: "addonVersion", got, want: "a version such as v1.14.3-eksbuild.23: EKS takes another one each time" }];
    }
    const name = text(inputs, "addonName") ?? "";
    const least = Object.hasOwn(oldest, name) ? lineOf(oldest[name] ?? "") : undefined;
    return unless(least === undefined || isFrom(line, least), {
      property: "addonVersion",
      got,
      want: `${least?.join(".")} or newer`,
    });
  },
});

type Line = readonly [major: number, minor: number];

function lineOf(version: string): Line | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)(\.|$)/.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

const isFrom = ([major, minor]: Line, [least, lesser]: Line): boolean => major > least || (major === least && minor >= lesser);
