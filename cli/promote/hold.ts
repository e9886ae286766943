import { wholeSubject } from "#promotion/candidates";
import { hold, resume } from "#promotion/hold";
import { standingHolds } from "#promotion/ledger/holder";
import { ownerHere } from "#promotion/owner";
import { answer } from "../say.ts";
import { lineIn } from "./line.ts";
import { workOn } from "./target.ts";

interface Options {
  env: string;
  reason: string;
  json?: boolean;
}

/** `hold` and `resume`. */
export async function holdOrResume(
  command: "hold" | "resume",
  what: string | undefined,
  { env, reason: text, json = false }: Options,
): Promise<void> {
  const reason = lineIn("--reason", text);
  const { target } = workOn(env, json);
  const subject =
    what === undefined
      ? undefined
      : wholeSubject(
          what,
          target.releases,
          (name) => `it concerns every release: npx millrace ${command} ${name} --env ${env} --reason '<why>'`,
        );
  const record = await { hold, resume }[command](target, { subject, reason, owner: ownerHere() });
  const standing = standingHolds(await target.ledger.records(target.environment));
  const others = standing.some((each) => each.hold.subject === undefined) ? "; everything else stays held" : "";
  answer(
    json,
    record,
    () =>
      `${env}: ${what ?? "everything"} is ${command === "hold" ? "held" : `allowed again${others}`} (record ${record.number})`,
  );
}
