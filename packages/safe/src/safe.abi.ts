import { parseAbi } from 'viem';

/**
 * What is used of a Safe, versions 1.3.0 to 1.5.0 (they differ elsewhere: before 1.4.0 the hash of an event is no topic but
 * its first word of data).
 * Source: https://github.com/safe-global/safe-smart-account/blob/v1.5.0/contracts/Safe.sol
 */
export const safeAbi = parseAbi([
  'function VERSION() view returns (string)',
  'function getOwners() view returns (address[])',
  'function getThreshold() view returns (uint256)',
  'function domainSeparator() view returns (bytes32)',
  'function nonce() view returns (uint256)',
  'function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool success)',
  'event ExecutionSuccess(bytes32 indexed txHash, uint256 payment)',
  'event ExecutionFailure(bytes32 indexed txHash, uint256 payment)',
]);
