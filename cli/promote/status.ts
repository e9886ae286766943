import { standingHolds } from "#promotion/ledger/holder";
import { runsNow } from "#promotion/ledger/runs";
import { openIn } from "#promotion/open";
import { nameOf, PLATFORM } from "#promotion/subjects";
import { table } from "#render/table";
import { dim, red, yellow } from "#render/terminal";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { printable } from "#stacks/wording";
import { ledgerNamed } from "../audit/ledger.ts";
import { nameOf as saidOf } from "../audit/text.ts";
import { answer } from "../say.ts";

/** What an environment runs, and what is going on there. */
interface EnvironmentStatus {
  environment: EnvironmentName;
  runs: { subject: string; version: string; since: string; state: "stable" | "being released" | "up"; by: string }[];
  held: { subject: string; except: string[]; reason: string; by: string; since: string }[];
  open: { what: string; by: string; since: string; failure?: string }[];
}

/** `promote status`. */
export async function status({ json = false }: { json?: boolean }): Promise<void> {
  const ledger = ledgerNamed(undefined);
  const all = await Promise.all(
    ENVIRONMENTS.map(async (environment): Promise<EnvironmentStatus> => {
      const records = await ledger.records(environment);
      return {
        environment,
        runs: [...runsNow(records).values()].map(({ subject, version, since, stable, by }) => ({
          subject,
          version,
          since,
          state: subject === PLATFORM ? "up" : stable === undefined ? "being released" : "stable",
          by,
        })),
        held: standingHolds(records).map(({ hold: { subject = "everything", reason, owner, time }, except }) => ({
          subject,
          except,
          reason,
          by: owner.who,
          since: time,
        })),
        open: openIn(records).map(({ begin, failure, holder }) => ({
          what: begin.changes.map(nameOf).join(", "),
          by: (holder ?? begin.owner).who,
          since: begin.time,
          ...(failure !== undefined && { failure }),
        })),
      };
    }),
  );
  answer(json, all, () => statusText(all));
}

function statusText(all: readonly EnvironmentStatus[]): string {
  const subjects = [...new Set(all.flatMap(({ runs }) => runs.map(({ subject }) => subject)))].sort();
  const rows = subjects.map((subject) => [
    saidOf(subject),
    ...all.map(({ runs }) => {
      const run = runs.find((each) => each.subject === subject);
      return run === undefined
        ? dim("–")
        : `${printable(run.version)} ${run.state === "being released" ? yellow(run.state) : dim(`since ${run.since.slice(0, 16)}`)}`;
    }),
  ]);
  return [
    rows.length === 0
      ? "no environment has a record yet: npx millrace promote adopt --to dev"
      : table(["", ...ENVIRONMENTS], rows),
    ...all.flatMap(({ environment, held }) =>
      held.map(({ subject, except, reason, by }) =>
        yellow(printable(`held  ${environment}: ${heldText(subject, except)}, by ${by}: ${reason}`)),
      ),
    ),
    ...all.flatMap(({ environment, open }) =>
      open.map(({ what, by, since, failure }) =>
        failure === undefined
          ? yellow(printable(`going on  ${environment}: ${what}, by ${by} since ${since}`))
          : red(
              printable(
                `failed  ${environment}: ${what}, by ${by} at ${since}: ${failure}; npx millrace promote apply --to ${environment} goes on`,
              ),
            ),
      ),
    ),
  ].join("\n");
}

const heldText = (subject: string, except: readonly string[]): string =>
  `${saidOf(subject)}${except.length === 0 ? "" : ` but ${except.map(saidOf).join(", ")}`}`;
