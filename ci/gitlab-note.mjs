// Writes a comment on the merge request of the running pipeline, or edits the comment of an earlier run.
// Usage: node ci/gitlab-note.mjs <file> <first line of the comment, which identifies it>
import { readFileSync } from "node:fs";

const [file, mark] = process.argv.slice(2);
const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, COMMENT_TOKEN } = process.env;
if (!file || !mark || !COMMENT_TOKEN || !CI_MERGE_REQUEST_IID) {
  console.error("'file', 'mark', COMMENT_TOKEN and CI_MERGE_REQUEST_IID must be given; run this in a merge request's pipeline");
  process.exit(2);
}
const notes = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;
const headers = { "PRIVATE-TOKEN": COMMENT_TOKEN, "Content-Type": "application/json" };

const call = async (method, url, body) => {
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) {
    console.error(`GitLab answered ${answer.status} to ${method} of the note: ${await answer.text()}`);
    process.exit(1);
  }
  return answer.json();
};
const earlier = (await call("GET", `${notes}?per_page=100`)).find((note) => note.body.startsWith(mark));
const body = readFileSync(file, "utf8");
await (earlier ? call("PUT", `${notes}/${earlier.id}`, { body }) : call("POST", notes, { body }));
