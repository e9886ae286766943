import type { PhaseResult } from "./outcome.ts";

/** Shows what a rehearsal is doing; the command line decides how. */
export interface Screen {
  begin(phase: PhaseResult["name"]): void;
  /** What the phase is waiting for right now. */
  update(text: string): void;
  end(result: PhaseResult): void;
}

/** Runs phases one after the other, and records how each ended. */
export class Progress {
  readonly phases: PhaseResult[];
  readonly #screen: Screen;

  constructor(screen: Screen, phases: PhaseResult[] = []) {
    this.#screen = screen;
    this.phases = phases;
  }

  /**
   * @param work does the phase; returns in a few words what came of it, and whatever else it has made.
   * @returns what the work has made.
   * @throws what the work throws, after the screen has shown it.
   */
  async phase<T extends { detail: string }>(
    name: PhaseResult["name"],
    work: (update: (text: string) => void) => Promise<T>,
  ): Promise<T> {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    this.#screen.begin(name);
    try {
      const result = await work((text) => this.#screen.update(text));
      this.#end({ name, state: "done", detail: result.detail, seconds: seconds() });
      return result;
    } catch (error) {
      this.#end({ name, state: "failed", detail: firstLine(error), seconds: seconds() });
      throw error;
    }
  }

  skip(name: PhaseResult["name"], why: string): void {
    this.#end({ name, state: "skipped", detail: why, seconds: 0 });
  }

  #end(result: PhaseResult): void {
    this.phases.push(result);
    this.#screen.end(result);
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
