/** The first of several lines as one, with how many more there are. */
export const few = (lines: readonly string[], most = 3): string =>
  `${lines.slice(0, most).join("; ")}${lines.length > most ? `; and ${lines.length - most} more` : ""}`;
