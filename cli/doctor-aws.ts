import { askFor, CALLER } from "#plan/account/answers";
import { type AccountFinding, checkAccount } from "#plan/account/check";
import { accountNeeds } from "#plan/account/needs";
import { planEnvironment, stackConfig } from "#plan/environment";
import { bold, dim, green, red, yellow } from "#render/terminal";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { awsIn, lacksCredentials } from "#toolchain/aws-cli";
import { MachineError } from "#toolchain/errors";
import { BadInput } from "./bad-input.ts";
import { answer } from "./say.ts";

/**
 * Asks the account of an environment whether the environment fits, and prints the findings. Exit code 1 when one is not ok.
 *
 * @param wanted the environment. @default - the one whose account the credentials are of
 * @throws {BadInput} when the credentials are of another account.
 * @throws {MachineError} when there is no AWS CLI, or no credentials that work.
 */
export async function accountDoctor(wanted: EnvironmentName | undefined, json: boolean): Promise<void> {
  const account = await accountOfCredentials(wanted === undefined ? undefined : configOf(wanted).region);
  const environment = environmentOf(account, wanted);
  const { region } = configOf(environment);
  const needs = accountNeeds(await planEnvironment(environment));
  const findings = await checkAccount(needs, region, await awsIn(region));
  const fits = findings.every(({ state }) => state === "ok");
  answer(json, { environment, account, region, fits, findings }, () => accountText({ environment, account, region }, findings));
  process.exitCode = fits ? 0 : 1;
}

const configOf = (environment: EnvironmentName): { account: string; region: string } => {
  const { config } = stackConfig("foundation", environment);
  return { account: config["millrace:account"] ?? "", region: config["millrace:region"] ?? "" };
};

async function accountOfCredentials(region = "us-east-1"): Promise<string> {
  const ask = await awsIn(region);
  const answer = await askFor(CALLER, ask, "sts", "get-caller-identity");
  if (answer.refused === undefined) {
    return answer.value.Account;
  }
  throw new MachineError(
    lacksCredentials(answer.refused)
      ? "There are no AWS credentials that work."
      : `AWS does not say whose the credentials are: ${answer.refused.said}.`,
    "Sign in with `aws sso login`, or set AWS_PROFILE.",
  );
}

function environmentOf(account: string, wanted: EnvironmentName | undefined): EnvironmentName {
  if (wanted !== undefined) {
    const own = configOf(wanted).account;
    if (own !== account) {
      throw new BadInput(
        `'--aws ${wanted}' must be run with credentials of account ${own} (${FILES.config("foundation", wanted)}), got '${account}': set AWS_PROFILE`,
      );
    }
    return wanted;
  }
  const found = ENVIRONMENTS.filter((name) => configOf(name).account === account);
  if (found.length !== 1) {
    const accounts = ENVIRONMENTS.map((name) => `${name} ${configOf(name).account}`).join(", ");
    throw new BadInput(
      `'--aws' must be run with credentials of one environment's account (${accounts}), got '${account}': set AWS_PROFILE, or name the environment`,
    );
  }
  return found[0]!;
}

const MARKS = { ok: green("✓"), missing: red("✗"), unknown: yellow("?") } as const;

/** The findings for a person: what is not there first. */
export function accountText(
  { environment, account, region }: { environment: string; account: string; region: string },
  findings: readonly AccountFinding[],
): string {
  const order = ["missing", "unknown", "ok"];
  const sorted = findings.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const open = findings.filter(({ state }) => state !== "ok").length;
  const verdict = open === 0 ? green("fits") : red(`${open} of ${findings.length} not there`);
  return [
    `${bold(`${environment} in account ${account}, ${region}`)}   ${verdict}`,
    ...sorted.flatMap(({ state, what, found, remedy }) => [
      `  ${MARKS[state]} ${what}   ${dim(found)}`,
      ...(remedy === undefined ? [] : [`      ${remedy}`]),
    ]),
  ].join("\n");
}
