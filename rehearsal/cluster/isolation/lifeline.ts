import type { Socket } from "node:net";

/** Descriptor on which the inner process is connected to the outer one. */
export const LIFELINE_FD = 3;

/** `ready`: the inside waits for the outside, which says `on`. `kept`: the outside may leave. */
type Word = "ready" | "on" | "kept";

/**
 * What the inside and the outside of a rehearsal tell each other, a word a line.
 * When the outer process dies, however it dies, the kernel closes its end, and the inside learns of it.
 */
export class Lifeline {
  readonly #socket: Socket;

  /**
   * @param onWord - called with each word that arrives.
   * @param onEnd - called once, when the other side is gone.
   */
  constructor(socket: Socket, { onWord, onEnd }: { onWord: (word: string) => void; onEnd: () => void }) {
    this.#socket = socket;
    let rest = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onWord);
    });
    // A side that was killed shows as a reset or as an end; both are followed by `close`.
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", onEnd);
    socket.unref();
  }

  /** Sends a word; resolves when it has left. */
  say(word: Word): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) {
        resolve();
      } else {
        this.#socket.write(`${word}\n`, () => resolve());
      }
    });
  }
}
