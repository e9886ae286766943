/**
 * Works out of each object once what dozens of rules ask of it: a stack, and the tree of a query, never change while rules look at them.
 *
 * @returns the same function, which remembers for as long as the object lives.
 */
export function once<Subject extends object, Found>(workOut: (subject: Subject) => Found): (subject: Subject) => Found {
  const known = new WeakMap<Subject, { found: Found }>();
  return (subject) => {
    const { found } = known.get(subject) ?? { found: workOut(subject) };
    known.set(subject, { found });
    return found;
  };
}
