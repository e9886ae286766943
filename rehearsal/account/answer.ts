import type { SimulatedAccount } from "./account.ts";
import { CLUSTER_QUESTIONS } from "./cluster.ts";
import { CliError, type CommandLine, commandLine, EXIT, GLOBAL, usage } from "./command-line.ts";
import { COMPUTE_QUESTIONS } from "./compute.ts";
import { DATABASE_QUESTIONS } from "./database.ts";
import { IDENTITY_QUESTIONS } from "./identity.ts";
import { Asked, apiName, DENIED, inWords, type Question, Refusal } from "./question.ts";
import { QUOTA_QUESTIONS } from "./quotas.ts";
import { REGISTRY_QUESTIONS } from "./registry.ts";

/** Everything that the stand-in answers. */
const QUESTIONS: readonly Question[] = [
  ...IDENTITY_QUESTIONS,
  ...QUOTA_QUESTIONS,
  ...COMPUTE_QUESTIONS,
  ...CLUSTER_QUESTIONS,
  ...DATABASE_QUESTIONS,
  ...REGISTRY_QUESTIONS,
];

/**
 * What `aws` prints for a question.
 *
 * @param words what follows `aws`.
 * @param accountOf the simulated account; looked at only once the question is one that is answered.
 * @param variables where a region may be named, as for the real one.
 * @throws {CliError} with the exit code and the words of the real CLI.
 */
export function answerTo(words: readonly string[], accountOf: () => SimulatedAccount, variables: NodeJS.ProcessEnv = {}): string {
  const line = commandLine(words);
  const question = questionIn(line);
  const asked = askedIn(line, question);
  const [profile] = line.options.get("profile") ?? [];
  if (profile !== undefined) {
    // The credentials of a rehearsal are those of its account, without a configuration.
    throw new CliError(EXIT.general, `\nThe config profile (${profile}) could not be found`);
  }
  const [region = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]] = line.options.get("region") ?? [];
  if (region === undefined && question.global !== true) {
    throw new CliError(
      EXIT.settings,
      '\nYou must specify a region. You can also configure your region by running "aws configure".',
    );
  }
  const account = accountOf();
  const answer = answered(question, question.global === true ? account : inRegion(account, region), asked);
  return typeof answer === "string" ? answer : JSON.stringify(selected(answer, line.options.get("query")?.[0]), null, 4);
}

function questionIn({ service, operation }: CommandLine): Question {
  const ofService = QUESTIONS.filter((each) => each.service === service);
  const found = ofService.find((each) => each.operation === operation);
  if (found !== undefined) {
    return found;
  }
  const [what, choices] =
    ofService.length === 0
      ? ["command", [...new Set(QUESTIONS.map((each) => each.service))]]
      : ["operation", ofService.map((each) => each.operation)];
  throw usage(
    `aws: error: argument ${what}: Invalid choice, valid choices are:\n\n${choices.join(" | ")}\n\naws ${service} ${operation} is not answered`,
  );
}

/** @throws {CliError} for an option that is unknown here or missing, or an output other than JSON. */
function askedIn({ options }: CommandLine, { required = [], optional = [], lists = [] }: Question): Asked {
  const known = new Set<string>([...GLOBAL, ...required, ...optional]);
  const unknown = [...options].flatMap(([name, values]) =>
    known.has(name) ? (lists.includes(name) ? [] : values.slice(1)) : [`--${name}`, ...values],
  );
  if (unknown.length > 0) {
    throw usage(`Unknown options: ${unknown.join(", ")}`);
  }
  const missing = required.filter((name) => !options.has(name));
  if (missing.length > 0) {
    throw usage(`aws: error: the following arguments are required: ${missing.map((name) => `--${name}`).join(", ")}`);
  }
  const [output = "json"] = options.get("output") ?? [];
  if (output !== "json") {
    throw usage(`aws: error: argument --output: Invalid choice, valid choices are: json`);
  }
  return new Asked(options);
}

/** In another region nothing was made. */
const inRegion = (account: SimulatedAccount, region = account.region): SimulatedAccount =>
  region === account.region ? account : { ...account, region, names: () => [], made: () => [] };

/** @throws {CliError} where the service refuses, or the credentials may not ask. */
function answered(question: Question, account: SimulatedAccount, asked: Asked): object | string {
  const action = actionOf(question);
  try {
    if (account.changes.denied.includes(action)) {
      const who = `User: arn:aws:iam::${account.id}:user/rehearsal`;
      throw new Refusal(
        DENIED[question.service]!,
        `${who} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
      );
    }
    return question.answer(account, asked);
  } catch (error) {
    throw error instanceof Refusal ? inWords(question, error) : error;
  }
}

/** Operation as a policy names it. */
const actionOf = (question: Question): string =>
  `${question.service === "service-quotas" ? "servicequotas" : question.service}:${apiName(question)}`;

/** An answer, or the length of a list in it. */
function selected(answer: object, query: string | undefined): unknown {
  if (query === undefined) {
    return answer;
  }
  const [, key] = /^length\((\w+)\)$/.exec(query) ?? [];
  const list: unknown = key === undefined ? undefined : (answer as Record<string, unknown>)[key];
  if (!Array.isArray(list)) {
    throw usage(`Bad value for --query ${query}: only 'length(<list of the answer>)' is understood`);
  }
  return list.length;
}
