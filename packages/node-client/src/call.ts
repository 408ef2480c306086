/** One call that is still to be made: what is sent, and how its answer is read. */
export interface Call<Answer> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** @throws UnexpectedAnswer */
  read(answer: JsonObject): Answer;
  readonly body?: object;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Default true: twice does no more than once, so that it may be repeated where its answer was lost. */
  readonly isRepeatable?: boolean;
  /** For calls that end something: a 404 to the second attempt says that the first one did it. */
  whenGone?(): Answer;
  /** Statuses besides 2xx that carry the answer. */
  readonly alsoAnswers?: readonly number[];
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The answer is something else than is documented. */
export class UnexpectedAnswer extends Error {}

/** What the server answers is what its schemas say: only that it is there is looked at. */
export function whole<Answer>(answer: JsonObject): Answer {
  return answer as Answer;
}

/** @throws UnexpectedAnswer where it is not there */
export function part<Answer>(name: string): (answer: JsonObject) => Answer {
  return (answer) => {
    if (answer[name] === undefined) throw new UnexpectedAnswer(name);
    return answer[name] as Answer;
  };
}

export function nothing(): void {}
