// Who runs this process, also where nobody says so: some containers have no USER, others no name for their user at all.

import { userInfo } from "node:os";

/** The user's name; a number where the system has no name. */
export function userHere(env: NodeJS.ProcessEnv = process.env): string {
  const said = env["USER"] || env["LOGNAME"];
  if (said) {
    return said;
  }
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
