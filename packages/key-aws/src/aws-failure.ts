import { errorText } from '@naru/kit/errors.ts';

/**
 * What an error of KMS or Secrets Manager means.
 * - `transient`: throttled, overloaded, away, no answer in time. The same call can succeed by itself; every call of ours
 *   may be made again without harm.
 * - `state`: the key is disabled, about to be deleted or not there, or we may not use it. Somebody has to act in AWS.
 * - `refused`: what was asked for is not possible with this key or ciphertext. Asking again changes nothing.
 *
 * An error that nobody has seen is `transient`: nothing is lost by asking again.
 */
export type AwsFailure = { kind: 'transient' | 'state' | 'refused'; message: string };

/** Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html#API_Sign_Errors, and those of the others. */
const STATE: Readonly<Record<string, string>> = {
  DisabledException: 'it is disabled: enable it in AWS KMS',
  KMSInvalidStateException: 'it is in no state to be used (pending deletion, or pending import)',
  NotFoundException: 'it does not exist in this account and region',
  ResourceNotFoundException: 'it does not exist in this account and region',
  AccessDeniedException: 'the credentials may not use it: look at its key policy and at their rights',
  UnrecognizedClientException: 'the credentials are not known: look at NARU_KEY_AWS_…',
  InvalidSignatureException: 'the secret access key is wrong, or this clock differs from that of AWS',
  ExpiredTokenException: 'the credentials have expired',
  InvalidClientTokenId: 'the credentials are not known: look at NARU_KEY_AWS_…',
};
const REFUSED: Readonly<Record<string, string>> = {
  InvalidKeyUsageException:
    'it is not a key for this use: a signing key needs SIGN_VERIFY, a master key ENCRYPT_DECRYPT',
  InvalidCiphertextException: 'it did not make this ciphertext, or not for this context',
  IncorrectKeyException: 'it did not make this ciphertext',
  UnsupportedOperationException: 'it cannot do this: a signing key must be of the spec ECC_SECG_P256K1',
  ValidationException: 'the request is not valid',
  InvalidArnException: 'its ARN or name is not valid',
  InvalidRequestException: 'the request is not valid',
  InvalidParameterException: 'the request is not valid',
  DecryptionFailure: 'the secret cannot be decrypted',
};

export function classifyAwsError(error: unknown): AwsFailure {
  const name = error instanceof Error ? error.name : '';
  const state = STATE[name];
  if (state !== undefined) return { kind: 'state', message: `${state} (${name})` };
  const refused = REFUSED[name];
  if (refused !== undefined) return { kind: 'refused', message: `${refused} (${name})` };
  if (name === 'TimeoutError' || name === 'AbortError')
    return { kind: 'transient', message: 'no answer in time' };
  return { kind: 'transient', message: name === '' ? errorText(error) : `${errorText(error)} (${name})` };
}
