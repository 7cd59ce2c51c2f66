// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchPayout} from "../../src/BatchPayout.sol";
import {Vm} from "./Vm.sol";

struct Item {
    bytes16 id;
    address to;
    uint128 amount;
}

/// @notice What the payout tests share: packing items, unpacking outcomes, paying as somebody.
abstract contract PayoutTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint8 internal constant NOT_ATTEMPTED = 0;
    uint8 internal constant PAID = 1;
    uint8 internal constant REVERTED = 2;
    uint8 internal constant RETURNED_FALSE = 3;

    address internal constant NATIVE = address(0);
    address internal constant PAYER = address(uint160(uint256(keccak256("payer"))));
    uint256 internal constant GAS_PER_ITEM = 100_000;

    BatchPayout internal payout = new BatchPayout();

    function idOf(uint256 index) internal pure returns (bytes16) {
        return bytes16(keccak256(abi.encode("id", index)));
    }

    function addressOf(uint256 index) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("recipient", index)))));
    }

    /// @dev `count` items to addresses nobody has seen: 1 to `count` of the smallest unit, times a thousand.
    function honestItems(uint256 count) internal pure returns (Item[] memory items) {
        items = new Item[](count);
        for (uint256 i = 0; i < count; i++) {
            items[i] = Item(idOf(i), addressOf(i), uint128(1000 * (i + 1)));
        }
    }

    function pack(Item[] memory items) internal pure returns (bytes memory packed) {
        for (uint256 i = 0; i < items.length; i++) {
            packed = bytes.concat(packed, abi.encodePacked(items[i].id, items[i].to, items[i].amount));
        }
    }

    function sumOf(Item[] memory items) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < items.length; i++) {
            sum += items[i].amount;
        }
    }

    function payCall(bytes32 batchId, address token, uint256 gasPerItem, Item[] memory items)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(BatchPayout.pay, (batchId, token, gasPerItem, pack(items)));
    }

    /// @dev Pays with plenty of gas and the right value, and returns the outcomes the log tells.
    function pay(bytes32 batchId, address token, Item[] memory items) internal returns (uint8[] memory) {
        bytes memory packed = pack(items);
        uint256 valueWei = token == NATIVE ? sumOf(items) : 0;
        vm.recordLogs();
        vm.prank(PAYER);
        payout.pay{value: valueWei}(batchId, token, GAS_PER_ITEM, packed);
        return readOutcomes(vm.getRecordedLogs(), batchId, token, items);
    }

    /// @dev Pays with exactly `gasLimit` gas. `ok` false means the whole batch reverted.
    function payWithGas(uint256 gasLimit, bytes32 batchId, address token, uint256 gasPerItem, Item[] memory items)
        internal
        returns (bool ok, uint8[] memory outcomes)
    {
        bytes memory data = payCall(batchId, token, gasPerItem, items);
        uint256 valueWei = token == NATIVE ? sumOf(items) : 0;
        vm.recordLogs();
        vm.prank(PAYER);
        (ok,) = address(payout).call{gas: gasLimit, value: valueWei}(data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (ok) outcomes = readOutcomes(logs, batchId, token, items);
    }

    /// @dev Finds the batch's one log and checks everything in it but the outcomes, which it returns.
    function readOutcomes(Vm.Log[] memory logs, bytes32 batchId, address token, Item[] memory items)
        internal
        view
        returns (uint8[] memory outcomes)
    {
        uint256 found;
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter != address(payout)) continue;
            found++;
            vm.assertEq(logs[i].topics[0], BatchPayout.BatchExecuted.selector);
            vm.assertEq(logs[i].topics[1], batchId);
            vm.assertEq(logs[i].topics[2], bytes32(uint256(uint160(PAYER))));
            vm.assertEq(logs[i].topics[3], bytes32(uint256(uint160(token))));
            outcomes = unpackOutcomes(logs[i].data, items);
        }
        vm.assertEq(found, 1, "one BatchExecuted log");
    }

    function unpackOutcomes(bytes memory data, Item[] memory items) internal pure returns (uint8[] memory outcomes) {
        bytes memory packed = abi.decode(data, (bytes));
        // The ABI's own encoding of the same bytes: offset, length and zero padding are right as well.
        vm.assertEq(keccak256(data), keccak256(abi.encode(packed)));
        vm.assertEq(packed.length, items.length * 17, "17 bytes an item");
        outcomes = new uint8[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            bytes16 id;
            uint256 offset = 32 + i * 17;
            assembly ("memory-safe") {
                id := shl(128, shr(128, mload(add(packed, offset))))
            }
            vm.assertEq(bytes32(id), bytes32(items[i].id));
            outcomes[i] = uint8(packed[i * 17 + 16]);
        }
    }

    function assertOutcomes(uint8[] memory outcomes, uint8[] memory expected) internal pure {
        vm.assertEq(outcomes.length, expected.length, "number of outcomes");
        for (uint256 i = 0; i < outcomes.length; i++) {
            vm.assertEq(outcomes[i], expected[i], "outcome");
        }
    }

    function assertAll(uint8[] memory outcomes, uint8 expected) internal pure {
        for (uint256 i = 0; i < outcomes.length; i++) {
            vm.assertEq(outcomes[i], expected, "outcome of every item");
        }
    }
}
