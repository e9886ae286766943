import { awsCall } from "#simulation/aws/functions";
import type { Question } from "./question.ts";

/** What ECR answers to a login. A password is written as it is. */
export const REGISTRY_QUESTIONS: readonly Question[] = [
  {
    service: "ecr",
    operation: "get-login-password",
    answer({ id, region }) {
      const token = awsCall("aws:ecr/getAuthorizationToken:getAuthorizationToken", {}, { account: id, region });
      return String(token?.["password"]);
    },
  },
];
