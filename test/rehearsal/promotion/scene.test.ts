import { describe, expect, it } from "vitest";
import { type MetUsers, type Runner, Story, type StoryScreen, type Typed } from "#rehearsal/promotion/scene";

/** A story whose commands answer one after the other, and take a second each. */
function toldWith(answers: { exit?: number; output?: string }[], met: MetUsers[] = []) {
  const typed: Typed[] = [];
  const shown: string[] = [];
  let now = 1_000_000;
  const runner: Runner = {
    run: async (each) => {
      typed.push(each);
      now += 1_000;
      const { exit = 0, output = "" } = answers.length > 1 ? answers.shift()! : answers[0]!;
      output.split("\n").forEach(each.onLine);
      return { exit, output };
    },
    users: async (environment) => {
      shown.push(`users of ${environment}`);
      return async () => met;
    },
  };
  const screen: StoryScreen = {
    begin: ({ title }) => shown.push(`… ${title}`),
    update: (text) => shown.push(text),
    end: ({ title, fault }) => shown.push(`${fault === undefined ? "✓" : "✗"} ${title}`),
  };
  return { story: new Story(runner, screen, () => now), typed, shown };
}

describe("a step", () => {
  it("types a command, shows what it says, and records how it ended", async () => {
    const { story, typed, shown } = toldWith([{ output: "fraud 4\nstaging" }]);
    const shows = { kind: "arrives", subject: "fraud", version: "4" } as const;
    await story.step("it goes on", "staging", "npx millrace promote", { says: [/^fraud 4$/m] }, { shows, variables: { A: "b" } });
    expect(typed[0]).toMatchObject({ place: "staging", words: ["npx", "millrace", "promote"], variables: { A: "b" } });
    expect(shown).toEqual(["… it goes on", "fraud 4", "staging", "✓ it goes on"]);
    expect(story.steps).toEqual([
      {
        title: "it goes on",
        place: "staging",
        command: "npx millrace promote",
        at: 0,
        seconds: 1,
        exit: 0,
        output: "fraud 4\nstaging",
        shows,
      },
    ]);
  });

  it("quotes words with blanks as a shell takes them", async () => {
    const { story } = toldWith([{}]);
    const { command } = await story.step("it is held", "prod", ["npx", "millrace", "hold", "--reason", "it's late", "a=b"]);
    expect(command).toBe(String.raw`npx millrace hold --reason 'it'\''s late' a=b`);
  });

  it.each([
    [{ exit: 10 }, {}, "must end with 0, it ended with 10"],
    [{}, { exit: 10 }, "must end with 10, it ended with 0"],
    [{ output: "soak 1 h" }, { says: [/soak/, /26 h/] }, "must say /26 h/, it does not"],
  ])("that answers %j where %j is expected ends the story, and shows nothing as done", async (answer, wanted, fault) => {
    const { story, shown } = toldWith([answer]);
    const shows = { kind: "stopped", subject: "fraud", version: "4" } as const;
    await expect(story.step("a gate", "prod", "promote", wanted, { shows })).rejects.toThrow(`a gate (prod): ${fault}`);
    expect(story.steps).toMatchObject([{ title: "a gate", fault }]);
    expect(story.steps[0]).not.toHaveProperty("shows");
    expect(shown.at(-1)).toBe("✗ a gate");
  });

  it("is typed again for as long as it may take, and not longer", async () => {
    const waiting = toldWith([{ exit: 1 }, { exit: 0 }]);
    await waiting.story.step("stable", "dev", "status", { within: 10 });
    expect([waiting.typed.length, waiting.story.steps.length]).toEqual([2, 1]);
    const never = toldWith([{ exit: 1 }]);
    await expect(never.story.step("stable", "dev", "status", { within: 2 })).rejects.toThrow("it ended with 1");
    expect(never.typed.length).toBe(2);
  });
});

describe("users", () => {
  const second = { at: 1_002_000, total: 2, failed: 1, byVersion: { "4": 2 } };
  const met: MetUsers = {
    model: "fraud",
    total: 2,
    failed: 1,
    byVersion: { "4": 2 },
    timeline: [second],
    lastAnswers: { "4": 1_000_250 },
  };

  it("are there while something happens, and their times count from the beginning of the story", async () => {
    const { story, shown } = toldWith([{}], [met]);
    expect(await story.withUsers("prod", async () => 7)).toBe(7);
    expect(shown).toEqual(["users of prod"]);
    expect(story.users).toEqual([
      { ...met, environment: "prod", at: 0, timeline: [{ ...second, at: 2 }], lastAnswers: { "4": 0.25 } },
    ]);
  });

  it("measure how long a version still answers after the step that ends it", async () => {
    const { story } = toldWith([{}], [met]);
    await story.withUsers("prod", async () => {
      await story.step("back", "prod", "rollback", {}, { ends: "4", measures: "rollback" });
      await story.step("elsewhere", "dev", "rollback", {}, { ends: "4" });
      await story.step("nobody saw it", "prod", "rollback", {}, { ends: "5" });
    });
    expect(story.steps.map(({ usersSeconds }) => usersSeconds)).toEqual([0.25, undefined, undefined]);
  });

  it("are counted although the story fails", async () => {
    const { story } = toldWith([{ exit: 1 }], [met]);
    await expect(story.withUsers("prod", () => story.step("no", "prod", "promote"))).rejects.toThrow("it ended with 1");
    expect(story.users.length).toBe(1);
  });
});
