import { ADDONS, KUBERNETES } from "#components/versions";
import { type Question, Refusal } from "./question.ts";

/** What EKS and the logs answer: clusters that were made, add-ons in the versions of this program, log groups in use. */
export const CLUSTER_QUESTIONS: readonly Question[] = [
  {
    service: "eks",
    operation: "describe-cluster",
    required: ["name"],
    answer({ made }, asked) {
      const name = asked.one("name");
      const found = made(CLUSTER).find(({ inputs }) => inputs?.["name"] === name);
      if (found === undefined) {
        throw new Refusal("ResourceNotFoundException", `No cluster found for name: ${name}.`);
      }
      const { arn, version, status, endpoint } = found.outputs as Record<string, unknown>;
      return { cluster: { name, arn, version, status, endpoint } };
    },
  },
  {
    service: "eks",
    operation: "list-clusters",
    answer: ({ made }) => ({ clusters: made(CLUSTER).map(({ inputs }) => inputs?.["name"]) }),
  },
  {
    service: "eks",
    operation: "describe-addon-versions",
    optional: ["addon-name", "kubernetes-version"],
    answer(_, asked) {
      const [name, version = KUBERNETES.default] = [asked.one("addon-name"), asked.one("kubernetes-version")];
      // The table of versions is for one version of Kubernetes.
      const known = Object.entries(ADDONS).filter(([addon]) => version === KUBERNETES.default && (name ?? addon) === addon);
      return {
        addons: known.map(([addonName, addonVersion]) => ({
          addonName,
          addonVersions: [{ addonVersion, compatibilities: [{ clusterVersion: version }] }],
        })),
      };
    },
  },
  {
    service: "logs",
    operation: "describe-log-groups",
    optional: ["log-group-name-prefix"],
    answer: ({ names }, asked) => ({
      logGroups: names("aws:cloudwatch/logGroup:LogGroup")
        .filter((name) => name.startsWith(asked.one("log-group-name-prefix") ?? ""))
        .map((logGroupName) => ({ logGroupName })),
    }),
  },
];

const CLUSTER = "aws:eks/cluster:Cluster";
