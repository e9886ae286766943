export const PERMISSIONS = "aws:iam/rolePolicy:RolePolicy";

/** Changes one statement of a policy in place. */
export const statement = (sid: string, change: (body: any) => void) => (inputs: any) => {
  const document = JSON.parse(inputs.policy);
  change(document.Statement.find(({ Sid }: any) => Sid === sid));
  inputs.policy = JSON.stringify(document);
};

/** A document with one statement, which allows something. */
export const allowing = (body: object): string => JSON.stringify({ Statement: { Effect: "Allow", Resource: "*", ...body } });
