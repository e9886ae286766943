// What EKS answers about versions, as far as the table needs it, and the table that follows.

/** One entry of `aws eks describe-cluster-versions`. */
export interface ClusterVersionAnswer {
  clusterVersion: string;
  /** Instants; of both, the day counts. */
  endOfStandardSupportDate: string;
  endOfExtendedSupportDate: string;
}

/** One entry of `aws eks describe-addon-versions --kubernetes-version <version>`. */
export interface AddonAnswer {
  addonName: string;
  addonVersions: { addonVersion: string; compatibilities: { clusterVersion: string; defaultVersion: boolean }[] }[];
}

/** What the table is made from. */
export interface VersionsAsked {
  /** Kubernetes version that new clusters get. */
  kubernetes: string;
  clusterVersions: readonly ClusterVersionAnswer[];
  addons: readonly AddonAnswer[];
  /** Names of the add-ons that Millrace installs, in the order of the table. */
  names: readonly string[];
  asOf: string;
  source: string;
}

/**
 * The table as the text of `components/cluster-versions.ts`: versions up to the default one whose standard support has not ended, and of each add-on
 * the version that EKS installs with the default one unless it is told otherwise.
 *
 * @throws {Error} when EKS does not support the default version, or offers no default version of an add-on for it.
 */
export function versionsTable({ kubernetes, clusterVersions, addons, names, asOf, source }: VersionsAsked): string {
  const minor = (version: string): number => Number(version.split(".")[1]);
  const day = (instant: string): string => new Date(instant).toISOString().slice(0, 10);
  const supported = clusterVersions
    .filter(({ clusterVersion }) => minor(clusterVersion) <= minor(kubernetes))
    .filter(({ endOfStandardSupportDate }) => day(endOfStandardSupportDate) >= asOf)
    .toSorted((one, other) => minor(one.clusterVersion) - minor(other.clusterVersion));
  if (supported.at(-1)?.clusterVersion !== kubernetes) {
    throw new Error(
      `Kubernetes ${kubernetes} must be in standard support of EKS on ${asOf}, which has ${clusterVersions.map(({ clusterVersion }) => clusterVersion).join(", ") || "no version"}: name another one with --kubernetes`,
    );
  }
  const ends = (of: (answer: ClusterVersionAnswer) => string): string =>
    supported.map((answer) => `"${answer.clusterVersion}": "${day(of(answer))}"`).join(", ");
  const versions = names.map((name) => `  "${name}": "${defaultOf(name, kubernetes, addons)}",\n`).join("");
  return `// Written by \`npm run refresh:versions\`: change the script, not this file.

/** Day on which EKS, or what is named as the source, said this. */
export const CLUSTER_VERSIONS_AS_OF = "${asOf}";

/**
 * Kubernetes versions of EKS, with the last days of standard support and of extended support, which costs a price per cluster and hour.
 * Source: ${source}.
 */
export const KUBERNETES = {
  default: "${kubernetes}",
  standardSupportEnds: { ${ends((answer) => answer.endOfStandardSupportDate)} },
  extendedSupportEnds: { ${ends((answer) => answer.endOfExtendedSupportDate)} },
} as const;

/** EKS add-ons, for the default Kubernetes version. */
export const ADDONS = {
${versions}} as const;
`;
}

function defaultOf(name: string, kubernetes: string, addons: readonly AddonAnswer[]): string {
  const version = addons
    .find(({ addonName }) => addonName === name)
    ?.addonVersions.find(({ compatibilities }) =>
      compatibilities.some(({ clusterVersion, defaultVersion }) => clusterVersion === kubernetes && defaultVersion),
    );
  if (version === undefined) {
    throw new Error(`EKS must have a default version of the add-on ${name} for Kubernetes ${kubernetes}, got none`);
  }
  return version.addonVersion;
}
