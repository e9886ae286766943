import { subjectNamed } from "#promotion/candidates";
import { hold, resume } from "#promotion/hold";
import { ownerHere } from "#promotion/owner";
import { answer } from "../say.ts";
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
  { env, reason, json = false }: Options,
): Promise<void> {
  const { target } = workOn(env, json);
  const subject = what === undefined ? undefined : subjectNamed(what, target.releases).subject;
  const record = await { hold, resume }[command](target, subject, reason, ownerHere());
  answer(
    json,
    record,
    () => `${env}: ${what ?? "everything"} is ${command === "hold" ? "held" : "allowed again"} (record ${record.number})`,
  );
}
