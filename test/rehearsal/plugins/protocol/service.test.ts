import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UNKNOWN } from "#engine/values";
import { bag, fill, pack } from "#rehearsal/plugins/protocol/messages";
import { providerService, services } from "#rehearsal/plugins/protocol/provider-service";
import { aws } from "#rehearsal/plugins/providers/aws/provider";

const URN = "urn:pulumi:dev::millrace::millrace:a:B$aws:s3/bucket:Bucket::data";
const server = new Server();
let client: any;

beforeAll(async () => {
  server.addService(services as never, providerService(aws({ account: "111122223333", region: "eu-west-1" })));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const { ResourceProviderClient } = (await import("@pulumi/pulumi/proto/provider_grpc_pb.js")).default as any;
  client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.forceShutdown();
});

const call = (method: string, request: unknown): Promise<any> =>
  new Promise((resolve, reject) =>
    client[method](request, (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer))),
  );

describe("the provider protocol", () => {
  it("answers the handshake", async () => {
    expect((await call("handshake", new messages.ProviderHandshakeRequest())).getAcceptSecrets()).toBe(true);
  });

  it("checks, creates and compares", async () => {
    const checked = await call("check", fill(new messages.CheckRequest(), { urn: URN, news: pack({ forceDestroy: true }) }));
    const inputs = bag(checked.getInputs());
    expect(inputs["bucket"]).toMatch(/^data-[0-9a-f]{7}$/);
    const created = await call("create", fill(new messages.CreateRequest(), { urn: URN, properties: pack(inputs) }));
    expect([created.getId(), bag(created.getProperties())["arn"]]).toEqual([
      inputs["bucket"],
      `arn:aws:s3:::${inputs["bucket"]}`,
    ]);
    const planned = await call(
      "create",
      fill(new messages.CreateRequest(), { urn: URN, properties: pack(inputs), preview: true }),
    );
    expect(bag(planned.getProperties())["arn"]).toBe(UNKNOWN);
    const request = {
      urn: URN,
      id: "b",
      oldInputs: pack(inputs),
      olds: pack(inputs),
      news: pack({ ...inputs, bucket: "other" }),
    };
    const diff = await call("diff", fill(new messages.DiffRequest(), request));
    expect([diff.getReplacesList(), diff.getDiffsList()]).toEqual([["bucket"], ["bucket"]]);
  });

  it("refuses inputs one by one", async () => {
    const checked = await call("check", fill(new messages.CheckRequest(), { urn: URN, news: pack({ bucket: "A_b", foo: 1 }) }));
    expect(checked.getFailuresList().map((failure: any) => [failure.getProperty(), failure.getReason()])).toEqual([
      ["foo", expect.stringContaining("unknown argument 'foo' of aws:s3/bucket:Bucket")],
      ["bucket", "InvalidBucketName: The specified bucket is not valid, got 'A_b'"],
    ]);
  });

  it("passes on errors as sentences", async () => {
    await expect(call("invoke", fill(new messages.InvokeRequest(), { tok: "aws:nova/getThing:getThing" }))).rejects.toThrow(
      "the simulated AWS has no answer for aws:nova/getThing:getThing",
    );
  });
});
