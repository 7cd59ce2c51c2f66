import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';

export type Secrets = {
  /** @throws {AwsError} */
  call(operation: string, input: Record<string, unknown>): Record<string, unknown>;
};

type Stored = { arn: string; name: string; text: string; versionId: string; createdAtS: number };

/** The operations of Secrets Manager that a master key needs. */
export function createSecrets(options: { region: string; account: string }): Secrets {
  const secrets = new Map<string, Stored>();

  function find(id: unknown): Stored {
    const found = [...secrets.values()].find((one) => one.name === id || one.arn === id);
    if (found === undefined)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  }
  const store = (stored: Stored) => {
    secrets.set(stored.name, stored);
    return { ARN: stored.arn, Name: stored.name, VersionId: stored.versionId };
  };

  return {
    call(operation, input) {
      if (operation === 'GetSecretValue') {
        const { arn, name, text, versionId, createdAtS } = find(input['SecretId']);
        return {
          ARN: arn,
          Name: name,
          SecretString: text,
          VersionId: versionId,
          VersionStages: ['AWSCURRENT'],
          CreatedDate: createdAtS,
        };
      }
      if (operation === 'CreateSecret') {
        const name = String(input['Name']);
        if (secrets.has(name))
          throw new AwsError(
            'ResourceExistsException',
            `The operation failed because the secret ${name} already exists.`,
          );
        const arn = `arn:aws:secretsmanager:${options.region}:${options.account}:secret:${name}-${randomUUID().slice(0, 6)}`;
        return store({
          arn,
          name,
          text: String(input['SecretString']),
          versionId: randomUUID(),
          createdAtS: Math.floor(Date.now() / 1000),
        });
      }
      if (operation === 'PutSecretValue')
        return store({
          ...find(input['SecretId']),
          text: String(input['SecretString']),
          versionId: randomUUID(),
        });
      throw new AwsError('UnknownOperationException', `no operation ${operation}`);
    },
  };
}
