import type { ChangeWindow } from "../requirements.ts";
import { covers, nameOf } from "../subjects.ts";
import type { Gate } from "./gate.ts";

export const window: Gate = {
  name: "window",
  summary: "it is a time for changes, and nobody has frozen the environment",
  check({ environment, candidates, now, settings }, { window: hours }) {
    const frozen = settings.freezes
      .filter((each) => each.environments.includes(environment) && isDuring(now, each))
      .filter(
        ({ subjects }) =>
          subjects === undefined || candidates.some(({ subject }) => subjects.some((each) => covers(each, subject))),
      );
    if (frozen.length > 0) {
      const until = frozen
        .map((each) => each.until)
        .sort()
        .at(-1);
      return {
        passed: false,
        detail: frozen.map(({ until: end, reason }) => `frozen until ${end}: ${reason}`).join("; "),
        remedy: `wait until ${until}, or end the freeze in releases/promotion.json`,
      };
    }
    if (hours.open === "always") {
      return { passed: true, detail: "always open" };
    }
    const passed = isOpen(hours, now);
    return {
      passed,
      detail: `${passed ? "open" : "closed; open"} ${inWords(hours)}`,
      ...(!passed && { remedy: `promote ${candidates.map(nameOf).join(", ")} then` }),
    };
  },
};

const isDuring = (now: Date, { from, until }: { from: string; until: string }): boolean =>
  Date.parse(from) <= now.getTime() && now.getTime() < Date.parse(until);

type Weekly = Extract<ChangeWindow, { open: "weekly" }>;

const inWords = ({ days, from, until, zone }: Weekly): string => `${days.join(", ")} ${from}–${until} ${zone}`;

/** Whether it is a time for changes, as clocks in its zone show it. */
function isOpen({ zone, days, from, until }: Weekly, now: Date): boolean {
  const form = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(form.formatToParts(now).map(({ type, value }) => [type, value]));
  const time = `${parts["hour"]}:${parts["minute"]}`;
  return days.some((day) => day === parts["weekday"]?.toLowerCase()) && from <= time && time < until;
}
