#!/usr/bin/env node
// Stands in for the AWS CLI: answers from the file that MILLRACE_FAKE_AWS names, and writes down what was asked.
import { appendFileSync, readFileSync } from "node:fs";

const file = process.env.MILLRACE_FAKE_AWS;
const { answers, fallback } = JSON.parse(readFileSync(file, "utf8"));
const words = process.argv.slice(2);
const line = words.join(" ");
appendFileSync(`${file}.asked`, `${line}\n`);
const key = Object.keys(answers).find((each) => line.includes(each));
const answer = key === undefined ? fallback : answers[key];
if (typeof answer === "string") {
  process.stderr.write(`\n${answer}\n`);
  process.exitCode = 254;
} else {
  process.stdout.write(JSON.stringify(answer));
}
