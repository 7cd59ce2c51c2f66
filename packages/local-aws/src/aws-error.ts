/** An error as the JSON protocols of AWS report it: the type in the body, 400 unless the fault is theirs. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}
