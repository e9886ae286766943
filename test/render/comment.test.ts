import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitting } from "#render/comment";

describe("a comment that must fit", () => {
  it("is left as it is when it does", () => {
    expect(fitting("short", 5, "there.")).toBe("short");
  });

  it("ends at a line, closes what is open, and says what is missing", () => {
    const text = `head\n\n<details><summary>all</summary>\n\n\`\`\`diff\n${"+ line\n".repeat(500)}\`\`\`\n</details>\n`;
    const cut = fitting(text, 1000, "there.");
    expect(cut).toMatch(/\n\+ line\n```\n<\/details>\n\n\*\*Cut here\*\*, at 1000 characters; 430 more lines: there\.\n$/);
  });

  it("names the parts that are missing", () => {
    const text = `${"line\n".repeat(300)}\n**Open until deployment**\n\nrow\n\n<details><summary>against main</summary>\n</details>\n`;
    expect(fitting(text, 1000, "there.")).toMatch(/more lines, with Open until deployment, against main: there\.\n$/);
  });

  it("never exceeds the limit, whatever it holds", () => {
    const parts = fc.constantFrom("```", "~~~", "````", "\n", "<details>", "</details>", "😀", "text ", "| a | b |");
    fc.assert(
      fc.property(fc.array(parts, { minLength: 200, maxLength: 2000 }), fc.integer({ min: 600, max: 1500 }), (list, limit) => {
        expect(fitting(list.join(""), limit, "there.").length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 200 },
    );
  });
});
