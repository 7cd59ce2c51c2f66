import { parseAbi } from 'viem';

/**
 * What is used of a Safe, versions 1.3.0 to 1.5.0 (they differ elsewhere).
 * Source: https://github.com/safe-global/safe-smart-account/blob/v1.5.0/contracts/Safe.sol
 */
export const safeAbi = parseAbi([
  'function VERSION() view returns (string)',
  'function getOwners() view returns (address[])',
  'function getThreshold() view returns (uint256)',
  'function nonce() view returns (uint256)',
  'function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool success)',
  'event ExecutionSuccess(bytes32 indexed txHash, uint256 payment)',
]);
