/** One thing that Millrace needs, and whether this machine has it. */
export interface Finding {
  /** What it is, in the reader's words. */
  what: string;

  /** The first command that needs it; `guides` where only commands that a person types by hand need it. */
  need: "plan" | "rehearse" | "up" | "guides";

  /** `not here` is what only guides need: no command of Millrace fails without it. */
  state: "ok" | "missing" | "will be built" | "not here";

  /** What was found. */
  found?: string;

  /** What to do, where there is something to do. */
  remedy?: string;
}
