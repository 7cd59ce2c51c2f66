// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title BatchPayout
/// @notice Pays a list of recipients in one transaction. One recipient's trouble stays its own, a batch runs at most
/// once per payer, and the chain's log says for each item, by its id, what became of it.
/// @dev No owner, no upgrade, no `receive`: between transactions the contract holds nothing and nobody steers it.
///
/// Money moves from the payer straight to the recipient. The payer is always `msg.sender`, so an approval given to this
/// contract can be used by the account that gave it and by nobody else.
///
/// An item is 52 bytes: id (bytes16) | to (address, 20 bytes) | amount (uint128, smallest unit, 16 bytes).
/// An outcome is 17 bytes: id (bytes16) | outcome (uint8), in the order of the items.
///
///   outcome           | what it means for the money
///   0 NOT_ATTEMPTED   | not moved: the gas left would not have given this item its full `gasPerItem`
///   1 PAID            | moved
///   2 REVERTED        | not moved: token or recipient reverted or used up `gasPerItem`, or the recipient is the zero
///                     | address or this contract
///   3 RETURNED_FALSE  | the token's call ended normally but did not say `true` (false, or malformed return data)
contract BatchPayout is ReentrancyGuardTransient {
    uint256 private constant ITEM_BYTES = 52;
    uint256 private constant OUTCOME_BYTES = 17;

    /// @dev The id's 16 bytes of a word that starts with it.
    uint256 private constant ID_MASK = 0xffffffffffffffffffffffffffffffff00000000000000000000000000000000;

    uint256 private constant PAID = 1;
    uint256 private constant REVERTED = 2;

    /// @dev What an ERC-20 item costs besides the gas handed to the token: CALL to a warm address (100), the
    /// bookkeeping around it (about 300), and room to spare.
    uint256 private constant TOKEN_ITEM_OVERHEAD_GAS = 2_000;

    /// @dev What a native item costs besides the gas handed to the recipient: cold account (2,600), value (9,000),
    /// account that does not exist yet (25,000), bookkeeping.
    uint256 private constant NATIVE_ITEM_OVERHEAD_GAS = 38_000;

    /// @dev What ending the batch costs besides the log's data: LOG4 (1,875), guard (100), bookkeeping.
    uint256 private constant FINISH_GAS = 4_000;

    /// @dev LOGn charges this much for a byte of data.
    uint256 private constant LOG_BYTE_GAS = 8;

    /// @dev Refund to the payer: value (9,000) and room for a payer whose account runs code on receipt.
    uint256 private constant REFUND_GAS = 20_000;

    mapping(address payer => mapping(bytes32 batchId => uint256 blockNumber)) private _executedAt;

    /// @notice The batch has run. Item results are in `outcomes`, 17 bytes each, in the order of the items.
    event BatchExecuted(bytes32 indexed batchId, address indexed payer, address indexed token, bytes outcomes);

    /// @notice This payer has already run this batch id, in block `blockNumber`.
    error BatchAlreadyExecuted(address payer, bytes32 batchId, uint256 blockNumber);
    /// @notice `items` is empty or not a whole number of 52-byte items.
    error MalformedItems(uint256 lengthBytes);
    /// @notice `msg.value` is not the sum of the amounts (native), or not zero (ERC-20).
    error WrongValue(uint256 expectedWei, uint256 sentWei);
    /// @notice There is no contract at the token's address, so a call to it would "succeed" and pay nobody.
    error TokenWithoutCode(address token);
    /// @notice The payer holds less than the sum of the amounts, in the token's smallest unit.
    error InsufficientBalance(uint256 balance, uint256 needed);
    /// @notice The payer has approved less than the sum of the amounts, in the token's smallest unit.
    error InsufficientAllowance(uint256 allowance, uint256 needed);
    /// @notice The payer does not accept the native coin that was not paid out.
    error RefundFailed(uint256 refundWei);

    /// @notice Pays every item it can and logs what became of each.
    /// @dev Reverts as a whole, paying nothing and recording nothing, with `BatchAlreadyExecuted`, `MalformedItems`,
    /// `WrongValue`, `TokenWithoutCode`, `InsufficientBalance`, `InsufficientAllowance`, `RefundFailed` or
    /// `ReentrancyGuardReentrantCall`; also when the gas does not suffice even to open the batch. Whatever concerns one
    /// item only becomes that item's outcome.
    /// @param batchId The payer's own id for this batch. Other payers' ids are unrelated, so nobody can use up another's.
    /// @param token ERC-20 token, which the payer has approved for at least the sum; the zero address for native coin.
    /// @param gasPerItem Gas that each item's call gets, in full or not at all. Too little for an honest transfer makes
    /// it REVERTED, so this belongs to the chain's configuration, with a margin.
    /// @param items Packed items, 52 bytes each.
    function pay(bytes32 batchId, address token, uint256 gasPerItem, bytes calldata items)
        external
        payable
        nonReentrant
    {
        if (items.length == 0 || items.length % ITEM_BYTES != 0) revert MalformedItems(items.length);
        uint256 executedBlock = _executedAt[msg.sender][batchId];
        if (executedBlock != 0) revert BatchAlreadyExecuted(msg.sender, batchId, executedBlock);
        _executedAt[msg.sender][batchId] = block.number;

        (uint256 logData, uint256 logBytes, uint256 sum) = _openLog(items);
        // No more than 2^64 gas exists in any block: capping keeps the sum below from overflowing and changes nothing.
        uint256 gasCapped = gasPerItem < type(uint64).max ? gasPerItem : type(uint64).max;
        // A CALL hands over at most 63/64 of what is left (EIP-150), silently less than asked. An item is started only
        // when 63/64 of what is left covers `gasPerItem` and the rest covers ending the batch. So however little gas
        // the transaction has, no item is ever run, and failed, with less gas than it was promised.
        uint256 gasNeeded = gasCapped + gasCapped / 63 + 1 + FINISH_GAS + LOG_BYTE_GAS * logBytes;

        if (token == address(0)) {
            if (msg.value != sum) revert WrongValue(sum, msg.value);
            uint256 paidWei = _payNative(items, logData, gasNeeded + NATIVE_ITEM_OVERHEAD_GAS + REFUND_GAS, gasPerItem);
            _closeLog(batchId, token, logData, logBytes);
            if (paidWei != sum) _refund(sum - paidWei);
        } else {
            if (msg.value != 0) revert WrongValue(0, msg.value);
            _requireFunds(token, sum);
            _payToken(items, logData, gasNeeded + TOKEN_ITEM_OVERHEAD_GAS, gasPerItem, token);
            _closeLog(batchId, token, logData, logBytes);
        }
    }

    /// @notice The block in which `payer` ran `batchId`; 0 when it never did.
    /// @dev The value of `block.number`, which on Arbitrum is the number of a recent Ethereum block.
    function executedAt(address payer, bytes32 batchId) external view returns (uint256 blockNumber) {
        return _executedAt[payer][batchId];
    }

    /// @dev So that an item that reverts does so by its own fault, never for want of the payer's funds.
    function _requireFunds(address token, uint256 sum) private view {
        if (token.code.length == 0) revert TokenWithoutCode(token);
        uint256 balance = IERC20(token).balanceOf(msg.sender);
        if (balance < sum) revert InsufficientBalance(balance, sum);
        uint256 allowance = IERC20(token).allowance(msg.sender, address(this));
        if (allowance < sum) revert InsufficientAllowance(allowance, sum);
    }

    /// @dev Writes the log's data with every id in place and every outcome NOT_ATTEMPTED, and sums the amounts. After
    /// this, ending the batch costs the same wherever it ends: no memory grows and nothing is left to fill in.
    /// The sum cannot overflow: there are fewer than 2^64 amounts below 2^128.
    /// @return logData Where the ABI-encoded `bytes outcomes` starts: offset, length, packed outcomes, zero padding.
    /// @return logBytes Its length.
    /// @return sum Sum of the amounts, in the smallest unit.
    function _openLog(bytes calldata items) private pure returns (uint256 logData, uint256 logBytes, uint256 sum) {
        assembly ("memory-safe") {
            let outcomesBytes := mul(div(items.length, ITEM_BYTES), OUTCOME_BYTES)
            logData := mload(0x40)
            logBytes := add(64, and(add(outcomesBytes, 31), not(31)))
            // One word more than the log: the last item's word reaches past its 17 bytes.
            mstore(0x40, add(add(logData, logBytes), 32))
            mstore(logData, 32)
            mstore(add(logData, 32), outcomesBytes)

            let outcome := add(logData, 64)
            mstore(add(outcome, outcomesBytes), 0) // padding
            let end := add(items.offset, items.length)
            for { let item := items.offset } lt(item, end) { item := add(item, ITEM_BYTES) } {
                // Id in the high 16 bytes, zeros below: the first of them is this item's outcome, the next item's word
                // covers the rest.
                mstore(outcome, and(calldataload(item), ID_MASK))
                outcome := add(outcome, OUTCOME_BYTES)
                sum := add(sum, shr(128, calldataload(add(item, 36))))
            }
        }
    }

    /// @dev Assembly because this loop is the batch's cost: one buffer for all calls, no copy of what comes back beyond
    /// the first word.
    /// @param gasNeeded Gas that must be left before an item is started.
    function _payToken(bytes calldata items, uint256 logData, uint256 gasNeeded, uint256 gasPerItem, address token)
        private
    {
        bytes4 transferFrom = IERC20.transferFrom.selector;
        assembly ("memory-safe") {
            // The calldata of transferFrom(payer, to, amount) lies at 0x1c..0x80: fixed addresses are cheapest. That
            // covers Solidity's free memory pointer (0x40) and zero word (0x60), which are put back below.
            let free := mload(0x40)
            mstore(free, 0) // where a token's answer goes; touched here so that memory does not grow later
            mstore(0, shr(224, transferFrom))
            mstore(0x20, caller())

            let outcome := add(logData, 80) // 64 bytes of head and 16 of id
            let end := add(items.offset, items.length)
            for { let item := items.offset } and(lt(item, end), gt(gas(), gasNeeded)) { item := add(item, ITEM_BYTES) }
            {
                let to := shr(96, calldataload(add(item, 16)))
                mstore(0x40, to)
                mstore(0x60, shr(128, calldataload(add(item, 36))))
                let target := token
                // The zero address burns, and this contract could never give the tokens back. A call to this contract
                // itself, which has no such function, reverts: cheaper than a branch around the call.
                if or(iszero(to), eq(to, address())) { target := address() }
                let ok := call(gasPerItem, target, 0, 0x1c, 100, free, 32)
                let said := or(iszero(returndatasize()), and(gt(returndatasize(), 31), eq(mload(free), 1)))
                // Without a branch: PAID (1) when ok and said, RETURNED_FALSE (3) when only ok, else REVERTED (2).
                mstore8(outcome, sub(REVERTED, mul(ok, sub(shl(1, said), 1))))
                outcome := add(outcome, OUTCOME_BYTES)
            }

            mstore(0x40, free)
            mstore(0x60, 0)
        }
    }

    /// @param gasNeeded Gas that must be left before an item is started.
    /// @return paidWei Sum of what was paid.
    function _payNative(bytes calldata items, uint256 logData, uint256 gasNeeded, uint256 gasPerItem)
        private
        returns (uint256 paidWei)
    {
        assembly ("memory-safe") {
            let outcome := add(logData, 80) // 64 bytes of head and 16 of id
            let end := add(items.offset, items.length)
            for { let item := items.offset } and(lt(item, end), gt(gas(), gasNeeded)) { item := add(item, ITEM_BYTES) }
            {
                let to := shr(96, calldataload(add(item, 16)))
                let amountWei := shr(128, calldataload(add(item, 36)))
                let result := REVERTED
                // The zero address burns; this contract has no `receive`, and refusing it here says so without a call.
                if iszero(or(iszero(to), eq(to, address()))) {
                    if call(gasPerItem, to, amountWei, 0, 0, 0, 0) {
                        result := PAID
                        paidWei := add(paidWei, amountWei)
                    }
                }
                mstore8(outcome, result)
                outcome := add(outcome, OUTCOME_BYTES)
            }
        }
    }

    /// @dev Emits `BatchExecuted` from the buffer as it is; `emit` would copy it and grow memory by as much again.
    function _closeLog(bytes32 batchId, address token, uint256 logData, uint256 logBytes) private {
        bytes32 topic = BatchExecuted.selector;
        assembly ("memory-safe") {
            log4(logData, logBytes, topic, batchId, caller(), token)
        }
    }

    /// @dev Copies nothing of what the payer returns.
    function _refund(uint256 refundWei) private {
        bool ok;
        assembly ("memory-safe") {
            ok := call(gas(), caller(), refundWei, 0, 0, 0, 0)
        }
        if (!ok) revert RefundFailed(refundWei);
    }
}
