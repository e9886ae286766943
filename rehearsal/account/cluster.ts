import { ADDONS, KUBERNETES } from "#components/versions";
import { tagsOf } from "../state.ts";
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
    answer: ({ id, region, names }, asked) => ({
      logGroups: names(LOG_GROUP)
        .filter((name) => name.startsWith(asked.one("log-group-name-prefix") ?? ""))
        .map((logGroupName) => ({ logGroupName, logGroupArn: `arn:aws:logs:${region}:${id}:log-group:${logGroupName}` })),
    }),
  },
  {
    service: "logs",
    operation: "list-tags-for-resource",
    required: ["resource-arn"],
    answer({ names, made }, asked) {
      const name = asked.one("resource-arn")?.split(":log-group:")[1];
      if (name === undefined || !names(LOG_GROUP).includes(name)) {
        throw new Refusal("ResourceNotFoundException", "The specified log group does not exist.");
      }
      // One that has outlived its resource has none.
      const found = made(LOG_GROUP).find(({ outputs }) => (outputs as { name?: string }).name === name);
      return { tags: found === undefined ? {} : tagsOf(found) };
    },
  },
];

const CLUSTER = "aws:eks/cluster:Cluster";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
