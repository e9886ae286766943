import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONFIGURATION_READS } from "#components/ci/ci-reads";
import { PROJECT_FOLDER } from "#engine/project";
import { checkAccount } from "#plan/account/check";
import type { AccountNeeds } from "#plan/account/needs";
import { QUOTAS, type QuotaName } from "#plan/account/quotas";
import { backupOf } from "#promotion/account";
import { accountHere } from "#rehearsal/account/account";
import { answerTo } from "#rehearsal/account/answer";
import type { CliError } from "#rehearsal/account/command-line";
import { apiName } from "#rehearsal/account/question";
import { accountOf, asking, NOW, rehearsalFolder, TAGS, variablesOf } from "./world.ts";

/** Everything that an environment can need: each quota, so that each is asked for. */
const NEEDS: AccountNeeds = {
  quotas: Object.fromEntries(Object.keys(QUOTAS).map((name) => [name as QuotaName, { count: 1, of: ["x"] }])),
  instanceTypes: { "t3.large": "system-nodes" },
  kubernetes: "1.36",
  addons: { coredns: "v1.14.3-eksbuild.23" },
  names: {
    cluster: "millrace-dev",
    logGroup: "/aws/eks/millrace-dev/cluster",
    identityProvider: "token.actions.githubusercontent.com",
  },
  tags: TAGS,
  unknown: [],
};

/** What the command prints, or its exit code and what it says. */
function aws(line: string, account = accountOf("up")): unknown {
  try {
    return JSON.parse(answerTo(line.split(" "), () => account));
  } catch (error) {
    const { code, message } = error as CliError;
    return [code, message.trim().split("\n").at(-1)];
  }
}

describe("every question of the program is known to the stand-in", () => {
  it.each(["empty", "half up", "up"] as const)(
    "of millrace doctor --aws and of the backup's time, in an account that is %s",
    async (state) => {
      const { ask, asked, unknown } = asking(accountOf(state));
      const findings = await checkAccount(NEEDS, "eu-north-1", ask);
      await backupOf("dev", async () => ask);
      expect(unknown).toEqual([]);
      expect(asked.length).toBeGreaterThan(20);
      expect(findings.filter((found) => found.state !== "ok")).toEqual([]);
    },
  );

  it("and CI, which promotes, may ask it", async () => {
    const lines = await Promise.all(
      (["empty", "half up"] as const).map(async (state) => {
        const { ask, asked } = asking(accountOf(state));
        await checkAccount(NEEDS, "eu-north-1", ask);
        await backupOf("dev", async () => ask);
        return asked;
      }),
    );
    const actions = new Set(
      lines.flat().map((line) => {
        const [service = "", operation = ""] = line.split(" ");
        return `${service.replace("-", "")}:${apiName({ operation })}`;
      }),
    );
    // Whose the credentials are, everybody may ask.
    actions.delete("sts:GetCallerIdentity");
    const reads = CONFIGURATION_READS.map((action) => new RegExp(`^${action.replace("*", ".*")}$`));
    expect(actions.size).toBeGreaterThan(10);
    expect([...actions].filter((action) => !reads.some((read) => read.test(action)))).toEqual([]);
  });

  // Also those that are asked only after an answer that is never given here.
  it("wherever it stands in the source", () => {
    const questions = globSync("{cli,plan,promotion,stacks,toolchain}/**/*.ts", { cwd: PROJECT_FOLDER }).flatMap((file) =>
      [...readFileSync(join(PROJECT_FOLDER, file), "utf8").matchAll(/"([a-z0-9-]+)",\s*"((?:get|list|describe)-[a-z-]+)"/g)].map(
        ([, service, operation]) => `${service} ${operation}`,
      ),
    );
    expect(questions).toEqual(
      expect.arrayContaining(["service-quotas get-aws-default-service-quota", "rds describe-db-instances"]),
    );
    // The launcher answers the first itself; the second asks for a registry, and a rehearsal has none.
    const others = questions.filter((question) => !["eks get-token", "ecr get-login-password"].includes(question));
    expect(others.filter((question) => String(aws(`${question} --region eu-north-1`)).includes("is not answered"))).toEqual([]);
  });
});

describe("a command line", () => {
  const IN_REHEARSAL = " (AWS is simulated in this rehearsal, and its 'aws' answers only what this program asks)";
  it.each([
    ["s3 ls", 252, `aws s3 ls is not answered${IN_REHEARSAL}`],
    ["rds delete-db-instance --db-instance-identifier x", 252, `aws rds delete-db-instance is not answered${IN_REHEARSAL}`],
    ["rds", 252, `aws: error: the following arguments are required: operation${IN_REHEARSAL}`],
    ["eks describe-cluster --region eu-north-1", 252, `aws: error: the following arguments are required: --name${IN_REHEARSAL}`],
    ["rds describe-db-instances --region", 252, `aws: error: argument --region: expected one argument${IN_REHEARSAL}`],
    ["rds describe-db-instances --frob x --region eu-north-1", 252, `Unknown options: --frob, x${IN_REHEARSAL}`],
    ["eks describe-cluster --name a b --region eu-north-1", 252, `Unknown options: b${IN_REHEARSAL}`],
    [
      "eks list-clusters --region eu-north-1 --output table",
      252,
      `aws: error: argument --output: Invalid choice, valid choices are: json${IN_REHEARSAL}`,
    ],
    [
      "eks list-clusters --region eu-north-1 --query clusters[0]",
      252,
      `Bad value for --query clusters[0]: only 'length(<list of the answer>)' is understood${IN_REHEARSAL}`,
    ],
    ["eks list-clusters", 253, 'You must specify a region. You can also configure your region by running "aws configure".'],
    [
      "eks describe-cluster --name other --region eu-north-1",
      254,
      "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: other.",
    ],
    [
      "rds describe-db-instances --db-instance-identifier other --region eu-north-1",
      254,
      "An error occurred (DBInstanceNotFound) when calling the DescribeDBInstances operation: DBInstance other not found.",
    ],
    [
      "service-quotas get-service-quota --service-code ec2 --quota-code L-0 --region eu-north-1",
      254,
      "An error occurred (NoSuchResourceException) when calling the GetServiceQuota operation: The request failed because the specified service does not exist.",
    ],
    [
      "ec2 describe-instance-type-offerings --region eu-north-1",
      254,
      "An error occurred (InvalidParameterValue) when calling the DescribeInstanceTypeOfferings operation: a rehearsal answers for '--location-type availability-zone --filters Name=instance-type,Values=<types>' only",
    ],
  ])("'aws %s' ends with %i", (line, code, said) => {
    expect(aws(line)).toEqual([code, said]);
  });

  it("may ask for a login to the registry, whose password is no JSON", () => {
    expect(answerTo(["ecr", "get-login-password", "--region", "eu-north-1"], () => accountOf("up"))).toMatch(/^[0-9a-f]{32}$/);
    expect(aws("ecr get-login-password --region eu-north-1 --profile nope")).toEqual([
      255,
      "The config profile (nope) could not be found",
    ]);
  });

  it("may begin with a global option, as the real one's", () => {
    expect(aws("--region eu-north-1 eks list-clusters --query length(clusters)")).toBe(1);
  });

  it("outside of a rehearsal is told so", () => {
    expect(() => accountHere({}, NOW)).toThrow(
      "this 'aws' is the stand-in of a rehearsal and must be called inside one: MILLRACE_REHEARSAL_ENVIRONMENT and MILLRACE_REHEARSAL_NAMES are not set",
    );
  });
});

describe("the account", () => {
  it("is the one of the environment's stack config", () => {
    expect(aws("sts get-caller-identity")).toEqual({
      UserId: "AIDAREHEARSAL",
      Account: "111111111111",
      Arn: "arn:aws:iam::111111111111:user/rehearsal",
    });
  });

  it.each([
    ["ec2 describe-vpcs --query length(Vpcs)", 0, 1],
    ["ec2 describe-addresses --query length(Addresses)", 0, 1],
    ["eks list-clusters --query length(clusters)", 0, 1],
    ["logs describe-log-groups --log-group-name-prefix /aws/eks/ --query length(logGroups)", 0, 1],
    ["iam list-open-id-connect-providers --query length(OpenIDConnectProviderList)", 0, 1],
    ["rds describe-db-instances --query length(DBInstances)", 0, 1],
    ["rds describe-db-snapshots --dbi-resource-id db-NEW --query length(DBSnapshots)", 0, 1],
    ["rds describe-db-snapshots --dbi-resource-id db-OLD --query length(DBSnapshots)", 0, 0],
  ])("has what the simulated AWS has made: %s", (line, before, after) => {
    expect(aws(`${line} --region eu-north-1`, accountOf("empty"))).toBe(before);
    expect(aws(`${line} --region eu-north-1`)).toBe(after);
  });

  it("has nothing in another region", () => {
    expect(aws("rds describe-db-instances --region eu-west-1")).toEqual({ DBInstances: [] });
    expect(aws("iam list-open-id-connect-providers --region eu-west-1 --query length(OpenIDConnectProviderList)")).toBe(1);
  });

  it("counts the vCPUs of its node groups, in the class that a quota names", () => {
    const line =
      "cloudwatch get-metric-statistics --namespace AWS/Usage --metric-name ResourceCount --start-time a --end-time b --period 3600 --region eu-north-1 --dimensions";
    expect(aws(`${line} Name=Class,Value=Standard/OnDemand Name=Resource,Value=vCPU`)).toMatchObject({
      Datapoints: [{ Maximum: 6 }],
    });
    expect(aws(`${line} Name=Class,Value=G/Spot`)).toMatchObject({ Datapoints: [] });
  });

  it("sells what the dated table says", () => {
    const line =
      "ec2 describe-instance-type-offerings --location-type availability-zone --region eu-north-1 --filters Name=instance-type,Values=";
    expect(aws(`${line}t3.large`)).toMatchObject({ InstanceTypeOfferings: [{ Location: "eu-north-1a" }, {}, {}] });
    expect(aws(`${line}x99.huge`)).toEqual({ InstanceTypeOfferings: [] });
  });

  it("offers the add-ons of this program for its Kubernetes only", () => {
    const line = "eks describe-addon-versions --addon-name coredns --region eu-north-1 --kubernetes-version";
    expect(aws(`${line} 1.36`)).toMatchObject({ addons: [{ addonVersions: [{ addonVersion: "v1.14.3-eksbuild.23" }] }] });
    expect(aws(`${line} 1.35`)).toEqual({ addons: [] });
  });
});

describe("what a story changes", () => {
  it("makes a quota too low", async () => {
    const account = accountOf("empty", { quotas: { "L-1216C47A": 8 } });
    const needs = { ...NEEDS, quotas: { standard: { count: 24, of: ["system-nodes"] } } };
    const [finding] = await checkAccount(needs, account.region, asking(account).ask);
    expect(finding).toMatchObject({ state: "missing", found: "quota 8, used 0" });
  });

  it("takes a right from the credentials, in the words of each service", () => {
    const operations = {
      "rds:DescribeDBInstances": "rds describe-db-instances",
      "ec2:DescribeVpcs": "ec2 describe-vpcs",
      "eks:ListClusters": "eks list-clusters",
    };
    const account = accountOf("up", { denied: Object.keys(operations) });
    const said = (action: string, name: string, code: string) =>
      `An error occurred (${code}) when calling the ${name} operation: User: arn:aws:iam::111111111111:user/rehearsal is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
    expect(Object.values(operations).map((line) => aws(`${line} --region eu-north-1`, account))).toEqual([
      [254, said("rds:DescribeDBInstances", "DescribeDBInstances", "AccessDenied")],
      [254, said("ec2:DescribeVpcs", "DescribeVpcs", "UnauthorizedOperation")],
      [254, said("eks:ListClusters", "ListClusters", "AccessDeniedException")],
    ]);
  });

  it.each<[changes: unknown, said: RegExp]>([
    [{ quota: {} }, /account-changes\.json: quota must be a known key/],
    [{ quotas: { "L-1": 5 } }, /account-changes\.json: quotas\.L-1 must be a known key/],
    [
      { restorable: "yesterday" },
      /account-changes\.json: restorable must be a time, such as 2026-11-29T12:00:00Z, got 'yesterday'$/,
    ],
    [{ denied: ["rds"] }, /account-changes\.json: denied\S* must be an operation, such as rds:DescribeDBInstances, got 'rds'/],
    ["{", /account-changes\.json must be JSON/],
  ])("must be of its form: %j", (changes, said) => {
    expect(() => accountHere(variablesOf(rehearsalFolder("up", changes)), NOW)).toThrow(said);
  });
});
