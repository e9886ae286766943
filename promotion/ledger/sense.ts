// Which sequences of records make sense. A chain proves that nothing was changed; it proves nothing of what was written.

import { canonicalText } from "#stacks/inputs/releases/canonical";
import { printable, shown } from "#stacks/wording";
import { concernsOnly } from "../open.ts";
import { layersOf, modelOf } from "../subjects.ts";
import { approvalsProblems, gatesProblems, wayProblems } from "./beginning-sense.ts";
import { holdOn, standingHolds } from "./holder.ts";
import type { Change, LedgerRecord, Owner, RecordOf } from "./record.ts";
import { SKEW } from "./skew.ts";

/** What became of a beginning. */
interface Story {
  begin: RecordOf<"begin">;
  /** `going` has a process that is at it; `failed` waits for one; `replaced` has a later beginning that changes all of it. */
  phase: "going" | "failed" | "done" | "replaced";
  holder: Owner;
  /** Number of the record that ended it. */
  end?: number;
  /** What measurements said, by subject. */
  verdicts: Map<string, RecordOf<"stable" | "thrown-out">>;
}

/**
 * The records of one environment, read one after the other. What may follow:
 *
 * - `begin` of a promotion while nothing is open and no hold stands; of a rollback while no other process is at anything, to what was stable;
 * - `taken-over` of what is open; `done` and `failed` of what a process is at, by that process;
 * - `stable` and `thrown-out` of a model of what is `done`: two who follow may say the same, and not the opposite;
 * - `hold` at any time, and `resume` of what is held.
 */
export class Sense {
  readonly #before: LedgerRecord[] = [];
  readonly #stories = new Map<number, Story>();
  /** Releases by subject and version: what they are never changes. */
  readonly #digests = new Map<string, { digest: string; number: number }>();
  /** Versions by subject and digest: no two have the same. */
  readonly #names = new Map<string, { to: string; number: number }>();

  /** Takes the next record. @returns what makes no sense; each begins with the key. */
  add(record: LedgerRecord): string[] {
    const problems = this.problemsOf(record);
    this.#take(record);
    this.#before.push(record);
    return problems;
  }

  /** What makes no sense in a record as the next one. */
  problemsOf(record: LedgerRecord): string[] {
    switch (record.kind) {
      case "begin":
        return [
          ...gatesProblems(record),
          ...approvalsProblems(record),
          ...this.#changesProblems(record),
          ...this.#lockProblems(record),
        ];
      case "taken-over":
        return this.#endProblems(record, ["going", "failed"], "of what was begun and has not ended");
      case "done":
        return [...this.#endProblems(record, ["going"], "of what a process is at"), ...this.#ownerProblems(record)];
      case "failed":
        return [
          ...this.#endProblems(record, ["going"], "of what a process is at"),
          ...this.#ownerProblems(record),
          ...this.#layersProblems(record),
        ];
      case "resume":
        return this.#resumeProblems(record);
      case "stable":
      case "thrown-out":
        return this.#verdictProblems(record);
      default:
        return [];
    }
  }

  #take(record: LedgerRecord): void {
    if (record.kind === "begin") {
      for (const story of this.#open().filter(({ begin }) => concernsOnly(begin, record.changes))) {
        Object.assign(story, { phase: "replaced", end: record.number });
      }
      record.changes.forEach(({ subject, to, digest }) => {
        const key = `${subject} ${to}`;
        this.#digests.set(key, this.#digests.get(key) ?? { digest, number: record.number });
        const name = `${subject} ${digest}`;
        this.#names.set(name, this.#names.get(name) ?? { to, number: record.number });
      });
      this.#stories.set(record.number, { begin: record, phase: "going", holder: record.owner, verdicts: new Map() });
      return;
    }
    const story = "begin" in record ? this.#stories.get(record.begin) : undefined;
    if (story === undefined) {
      return;
    }
    switch (record.kind) {
      case "taken-over":
        Object.assign(story, { phase: "going", holder: record.owner });
        break;
      case "done":
      case "failed":
        Object.assign(story, { phase: record.kind, end: record.number });
        break;
      case "stable":
      case "thrown-out":
        story.verdicts.set(record.subject, story.verdicts.get(record.subject) ?? record);
    }
  }

  #open(): Story[] {
    return [...this.#stories.values()].filter(({ phase }) => phase === "going" || phase === "failed");
  }

  #endProblems(record: RecordOf<"taken-over" | "done" | "failed">, phases: readonly Story["phase"][], must: string): string[] {
    const story = this.#stories.get(record.begin);
    if (story === undefined) {
      return [unknownBegin(record.begin)];
    }
    const { phase, end } = story;
    return phases.includes(phase) ? [] : [`begin must be ${must}, got '${record.begin}', which ended with record ${end}`];
  }

  /** Who ends something is at it: whoever goes on with what another has begun says so first. */
  #ownerProblems({ begin, owner }: RecordOf<"done" | "failed">): string[] {
    const story = this.#stories.get(begin);
    return story?.phase !== "going" || canonicalText(story.holder) === canonicalText(owner)
      ? []
      : [
          `owner must be the process that is at what record ${begin} began, of ${shown(story.holder.who)}, got another one, of ${shown(owner.who)}`,
        ];
  }

  /** Layers come up in their order. */
  #layersProblems({ begin, layers }: RecordOf<"failed">): string[] {
    const story = this.#stories.get(begin);
    const all = story === undefined ? layers : layersOf(story.begin.changes);
    return layers.every((layer, at) => layer === all[at])
      ? []
      : [`layers must be the first of those that record ${begin} concerns (${all.join(", ")}), got ${shown(layers.join(", "))}`];
  }

  #resumeProblems({ subject }: RecordOf<"resume">): string[] {
    const isHeld = subject === undefined ? standingHolds(this.#before).length > 0 : holdOn(this.#before, subject) !== undefined;
    return isHeld ? [] : [`kind must be 'resume' only of what is held, got it of ${shown(subject ?? "everything")}`];
  }

  #verdictProblems(record: RecordOf<"stable" | "thrown-out">): string[] {
    const story = this.#stories.get(record.begin);
    if (story === undefined) {
      return [unknownBegin(record.begin)];
    }
    const { begin, phase, verdicts } = story;
    if (phase !== "done") {
      return [`begin must be of what is up, got '${begin.number}', which no 'done' has ended`];
    }
    const own = begin.changes.find(({ subject }) => subject === record.subject);
    if (own === undefined || modelOf(own.subject) === undefined) {
      return [`subject must be a model that record ${begin.number} changes, got ${shown(record.subject)}`];
    }
    if (own.to !== record.version) {
      return [`version must be '${printable(own.to)}', which record ${begin.number} brings, got ${shown(record.version)}`];
    }
    const before = verdicts.get(record.subject);
    return before === undefined || before.kind === record.kind
      ? []
      : [`kind must be '${before.kind}', as record ${before.number} says of the same release, got '${record.kind}'`];
  }

  #changesProblems(begin: RecordOf<"begin">): string[] {
    const open = this.#open().flatMap((story) => story.begin.changes);
    return [...this.#releasesProblems(begin), ...wayProblems(begin, { records: this.#before, open })];
  }

  /** A subject changes once, and a release is the same for ever. */
  #releasesProblems({ changes }: RecordOf<"begin">): string[] {
    return changes.flatMap(({ subject, to, digest }, at) => {
      const known = this.#digests.get(`${subject} ${to}`);
      const other = this.#names.get(`${subject} ${digest}`);
      return [
        ...(changes.slice(0, at).some((each) => each.subject === subject)
          ? [`changes[${at}].subject must be another one than those before it, got '${subject}'`]
          : []),
        ...(known === undefined || known.digest === digest
          ? []
          : [
              `changes[${at}].digest must be that of the same release in record ${known.number}, '${known.digest}', got '${digest}'`,
            ]),
        ...(other === undefined || other.to === to
          ? []
          : [
              `changes[${at}].digest must be another one than that of ${shown(other.to)} in record ${other.number}, got '${digest}'`,
            ]),
      ];
    });
  }

  #lockProblems(record: RecordOf<"begin">): string[] {
    const own = canonicalText(record.owner);
    const inTheWay = this.#open().find(
      ({ phase, holder }) => record.operation === "promote" || (phase === "going" && canonicalText(holder) !== own),
    );
    const held = record.operation === "promote" ? record.changes.flatMap((change) => this.#heldProblems(record, change)) : [];
    return [
      ...(inTheWay === undefined
        ? []
        : [`kind must not be 'begin' before what record ${inTheWay.begin.number} began has ended, got '${record.operation}'`]),
      ...held,
    ];
  }

  /** A gate of which the environment asks no answer lets it through. */
  #heldProblems({ gates }: RecordOf<"begin">, { subject }: Change): string[] {
    const hold = holdOn(this.#before, subject);
    const isWaived = gates.some(({ gate, state }) => gate === "hold" && (state === "advised" || state === "not required"));
    return hold === undefined || isWaived
      ? []
      : [`kind must not be 'begin' while record ${hold.number} holds ${hold.subject ?? "everything"}, got one of '${subject}'`];
  }
}

const unknownBegin = (number: number): string => `begin must be the number of a 'begin' before it, got '${number}'`;

/** What is wrong with the records of an environment. */
interface Senseless {
  /** What makes no sense. */
  problems: Numbered[];
  /** Times that cannot be: a clock was wrong. Nobody can write them anew, so they must not hide what matters. */
  clocks: Numbered[];
}

interface Numbered {
  number: number;
  text: string;
}

/** What makes no sense in the records of an environment, in order. Clocks may differ by 5 minutes. */
export function senseless(records: readonly LedgerRecord[], now: Date): Senseless {
  const sense = new Sense();
  const found: Senseless = { problems: [], clocks: [] };
  let latest = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    const { number } = record;
    found.problems.push(...sense.add(record).map((text) => ({ number, text })));
    const time = Date.parse(record.time);
    if (time > now.getTime() + SKEW) {
      found.clocks.push({ number, text: `'${record.time}' is in the future` });
    } else if (time < latest - SKEW) {
      found.clocks.push({ number, text: `'${record.time}' is before the record before it, ${new Date(latest).toISOString()}` });
    } else {
      latest = Math.max(latest, time);
    }
  }
  return found;
}
