// Stands for a training image: fits a logistic regression by gradient descent, for as many seconds as TRAIN_SECONDS says.
// Ended before its time it exits with 143, as a trainer without checkpoints does: its work is lost.

const seconds = Number(process.env.TRAIN_SECONDS ?? 10);
const TRUTH = [1.5, -2, 0.5];
const BATCH = 64;
const RATE = 0.1;

process.on("SIGTERM", () => {
  console.log("stopped before its time: what it has learned is lost");
  process.exit(143);
});

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, each, at) => sum + each * b[at]!, 0);
const row = (): number[] => TRUTH.map(() => Math.random() * 2 - 1);

/** One step of gradient descent. @returns the weights after it, and the loss before it. */
function step(weights: readonly number[]): { weights: number[]; loss: number } {
  const rows = Array.from({ length: BATCH }, row);
  const labels = rows.map((each) => (Math.random() < sigmoid(dot(each, TRUTH)) ? 1 : 0));
  const guesses = rows.map((each) => sigmoid(dot(each, weights)));
  const gradient = weights.map(
    (_, at) => rows.reduce((sum, each, of) => sum + (guesses[of]! - labels[of]!) * each[at]!, 0) / BATCH,
  );
  const loss =
    -labels.reduce<number>((sum, label, of) => sum + Math.log(label === 1 ? guesses[of]! : 1 - guesses[of]!), 0) / BATCH;
  return { weights: weights.map((weight, at) => weight - RATE * gradient[at]!), loss };
}

let weights: number[] = TRUTH.map(() => 0);
const end = Date.now() + seconds * 1_000;
const timer = setInterval(() => {
  const { weights: next, loss } = step(weights);
  weights = next;
  console.log(`loss ${loss.toFixed(4)}`);
  if (Date.now() >= end) {
    clearInterval(timer);
  }
}, 100);
