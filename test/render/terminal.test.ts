import { expect, test } from "vitest";
import { redraw } from "#render/terminal";

test("a live line is written over, and cut so that it stays one line", () => {
  let written = "";
  const out = { columns: 6, write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
  redraw(out, "1234567");
  redraw(out, "");
  expect(written).toBe("\r\u001b[K12345\r\u001b[K");
});
