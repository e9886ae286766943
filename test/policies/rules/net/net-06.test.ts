import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("NET-06", [
  {
    what: "a function that everybody calls",
    layer: "foundation",
    add: { type: "aws:lambda/functionUrl:FunctionUrl", name: "url", inputs: { functionName: "f", authorizationType: "NONE" } },
    says: "foundation-prod/url: 'authorizationType' must be a way to tell who calls, got 'NONE'",
    unknown: "authorizationType",
  },
]);

describe("NET-06", () => {
  const METHOD = "aws:apigateway/method:Method";
  const IDENTITIES = "aws:cognito/identityPool:IdentityPool";
  const ROUTE = "aws:apigatewayv2/route:Route";

  it.each<[string, object, string[]]>([
    ["aws:lambda/functionUrl:FunctionUrl", { authorizationType: "AWS_IAM" }, []],
    [METHOD, { httpMethod: "GET", authorization: "NONE" }, ["authorization: NONE"]],
    [METHOD, { httpMethod: "GET", authorization: "NONE", apiKeyRequired: "true" }, []],
    [METHOD, { httpMethod: "OPTIONS", authorization: "NONE" }, []],
    [ROUTE, { routeKey: "GET /a" }, ["authorizationType: NONE"]],
    [ROUTE, { routeKey: "GET /a", authorizationType: "JWT" }, []],
    [ROUTE, { routeKey: "$connect" }, ["authorizationType: NONE"]],
    [ROUTE, { routeKey: "sendMessage" }, []],
    [ROUTE, { routeKey: null }, []],
    [IDENTITIES, { allowUnauthenticatedIdentities: "true" }, ["allowUnauthenticatedIdentities: true"]],
    [IDENTITIES, { allowUnauthenticatedIdentities: false }, []],
    [IDENTITIES, {}, []],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("NET-06", of(type, "x", inputs))).toEqual(faults);
  });
});
