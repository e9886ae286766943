import { namesOf } from "#promotion/beginning";
import { wholeSubject } from "#promotion/candidates";
import { begunBack, changeBack, type RollbackRequest, rollBack } from "#promotion/rollback";
import { carriedOut } from "./apply.ts";
import { demandYes } from "./ask.ts";
import { lineIn } from "./line.ts";
import { outerHere } from "./outer.ts";
import { workOn } from "./target.ts";

interface Options {
  env: string;
  reason: string;
  to?: string;
  yes?: boolean;
  follow?: boolean;
  json?: boolean;
}

/** `rollback`. */
export async function rollback(
  what: string,
  { env, reason: text, to, yes = false, follow = true, json = false }: Options,
): Promise<void> {
  const reason = lineIn("--reason", text);
  const work = workOn(env, json);
  const { target } = work;
  const request: RollbackRequest = {
    subject: wholeSubject(
      what,
      target.releases,
      (name, release) => `npx millrace rollback ${name} --env ${env} --to ${release} --reason '<why>' goes back to one`,
    ),
    to,
    reason,
  };
  const outer = outerHere(target, []);
  const records = await target.ledger.records(target.environment);
  const begun = begunBack(request, records)?.begin.changes;
  const changes = begun ?? [changeBack(request, target, records, outer.now)];
  const names = namesOf(changes);
  await demandYes(
    begun === undefined
      ? `roll ${env} back from ${changes[0]!.from} to ${names}?`
      : `go on with the rollback of ${env} to ${names}?`,
    { yes, json },
  );
  await carriedOut(work, { follows: follow, json }, names, () =>
    // What was agreed to, whatever others have done since.
    rollBack(target, { ...request, to: changes.find(({ subject }) => subject === request.subject)!.to }, outer),
  );
}
