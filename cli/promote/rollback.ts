import { namesOf } from "#promotion/apply";
import { subjectNamed } from "#promotion/candidates";
import { changeBack, type RollbackRequest, rollBack } from "#promotion/rollback";
import { carriedOut } from "./apply.ts";
import { demandYes } from "./ask.ts";
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
  { env, reason, to, yes = false, follow = true, json = false }: Options,
): Promise<void> {
  const work = workOn(env, json);
  const { target } = work;
  const request: RollbackRequest = { subject: subjectNamed(what, target.releases).subject, to, reason };
  const outer = outerHere(target, []);
  const change = changeBack(request, target, await target.ledger.records(target.environment), outer.now);
  const names = namesOf([change]);
  await demandYes(`roll ${env} back from ${change.from} to ${names}?`, { yes, json });
  await carriedOut(work, { follows: follow, json }, names, () => rollBack(target, request, outer));
}
