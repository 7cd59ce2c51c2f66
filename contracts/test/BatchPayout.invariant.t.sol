// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchPayout} from "../src/BatchPayout.sol";
import {TestUsdCoin} from "../src/testing/TestUsdCoin.sol";
import {GasBurningRecipient, ReentrantRecipient, RevertingRecipient} from "./support/HostileRecipients.sol";
import {Vm} from "./support/Vm.sol";

/// @notice Payers who run batches in any order, with any gas, under few batch ids, to honest, frozen and hostile
/// recipients; and what the logs say they did.
contract PayoutHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 public constant FUNDS = 1e30;
    uint256 public constant PAYERS = 3;
    uint256 public constant RECIPIENTS = 8;
    uint256 private constant BATCH_IDS = 6;
    uint256 private constant ITEMS_MAX = 10;
    uint256 private constant GAS_PER_ITEM = 100_000;

    BatchPayout public immutable payout;
    TestUsdCoin public immutable usdc;

    address[3] public payers;
    address[8] public recipients;

    uint256 public batchesExecuted;
    /// @notice Batches that ran although they had run before. Must stay zero.
    uint256 public batchesRepeated;
    /// @notice Batches whose outcome disagrees with what the contract remembers. Must stay zero.
    uint256 public batchesMisremembered;
    mapping(address payer => mapping(bytes32 batchId => uint256 times)) public timesExecuted;
    /// @notice By the logs alone: PAID amounts per asset (zero address: native) and account.
    mapping(address asset => mapping(address payer => uint256 sum)) public paidBy;
    mapping(address asset => mapping(address recipient => uint256 sum)) public paidTo;

    constructor(BatchPayout payout_, TestUsdCoin usdc_) {
        payout = payout_;
        usdc = usdc_;
        for (uint256 i = 0; i < PAYERS; i++) {
            payers[i] = address(uint160(uint256(keccak256(abi.encode("payer", i)))));
            vm.deal(payers[i], FUNDS);
        }
        for (uint256 i = 0; i < RECIPIENTS; i++) {
            recipients[i] = address(uint160(uint256(keccak256(abi.encode("recipient", i)))));
        }
        recipients[5] = address(new RevertingRecipient());
        recipients[6] = address(new GasBurningRecipient());
        recipients[7] = address(new ReentrantRecipient(payout_, 0));
    }

    function payUsdc(uint256 seed, uint256 gasLimit) external {
        _pay(address(usdc), seed, gasLimit);
    }

    function payNative(uint256 seed, uint256 gasLimit) external {
        _pay(address(0), seed, gasLimit);
    }

    function freeze(uint256 seed) external {
        usdc.freeze(recipients[seed % RECIPIENTS]);
    }

    function unfreeze(uint256 seed) external {
        usdc.unfreeze(recipients[seed % RECIPIENTS]);
    }

    function approve(uint256 seed, uint256 amount) external {
        vm.prank(payers[seed % PAYERS]);
        usdc.approve(address(payout), seed % 4 == 0 ? amount % 1e20 : FUNDS);
    }

    function _pay(address asset, uint256 seed, uint256 gasLimit) private {
        address payer = payers[seed % PAYERS];
        bytes32 batchId = bytes32((seed >> 8) % BATCH_IDS);
        (bytes memory items, uint256 sum) = _items(seed);
        // Two batches of three get gas enough, the third anything.
        gasLimit = gasLimit % 3 == 0 ? 20_000 + gasLimit % 1_500_000 : 3_000_000;
        vm.recordLogs();
        bytes memory data = abi.encodeCall(BatchPayout.pay, (batchId, asset, GAS_PER_ITEM, items));
        vm.prank(payer);
        (bool ok,) = address(payout).call{value: asset == address(0) ? sum : 0, gas: gasLimit}(data);
        if (ok) _record(asset, payer, batchId, items);
        bool remembered = payout.executedAt(payer, batchId) != 0;
        if (remembered != (timesExecuted[payer][batchId] != 0)) batchesMisremembered++;
    }

    function _items(uint256 seed) private view returns (bytes memory items, uint256 sum) {
        uint256 count = 1 + (seed >> 16) % ITEMS_MAX;
        for (uint256 i = 0; i < count; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            uint128 amount = uint128(random >> 64) % 1e20;
            sum += amount;
            items = bytes.concat(items, abi.encodePacked(bytes16(uint128(i)), recipients[random % RECIPIENTS], amount));
        }
    }

    function _record(address asset, address payer, bytes32 batchId, bytes memory items) private {
        batchesExecuted++;
        if (timesExecuted[payer][batchId]++ != 0) batchesRepeated++;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter != address(payout)) continue;
            bytes memory outcomes = abi.decode(logs[i].data, (bytes));
            for (uint256 item = 0; item < items.length / 52; item++) {
                if (uint8(outcomes[item * 17 + 16]) != 1) continue;
                address to;
                uint256 amount;
                uint256 offset = item * 52;
                assembly ("memory-safe") {
                    to := shr(96, mload(add(add(items, 48), offset)))
                    amount := shr(128, mload(add(add(items, 68), offset)))
                }
                paidBy[asset][payer] += amount;
                paidTo[asset][to] += amount;
            }
        }
    }
}

contract BatchPayoutInvariantTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    BatchPayout private payout = new BatchPayout();
    TestUsdCoin private usdc = new TestUsdCoin("USD Coin", "USDC", 6, address(this));
    PayoutHandler private handler = new PayoutHandler(payout, usdc);

    function setUp() external {
        for (uint256 i = 0; i < handler.PAYERS(); i++) {
            usdc.mint(handler.payers(i), handler.FUNDS());
            address payer = handler.payers(i);
            uint256 funds = handler.FUNDS();
            vm.prank(payer);
            usdc.approve(address(payout), funds);
        }
        usdc.transferOwnership(address(handler));
    }

    /// @dev Tells forge whose functions to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_no_batch_runs_twice() external view {
        vm.assertEq(handler.batchesRepeated(), 0, "batches run twice");
        vm.assertEq(handler.batchesMisremembered(), 0, "batches misremembered");
    }

    function invariant_the_contract_holds_nothing_between_transactions() external view {
        vm.assertEq(address(payout).balance, 0, "native");
        vm.assertEq(usdc.balanceOf(address(payout)), 0, "usdc");
    }

    function invariant_payers_lose_exactly_what_the_logs_call_paid() external view {
        for (uint256 i = 0; i < handler.PAYERS(); i++) {
            address payer = handler.payers(i);
            vm.assertEq(payer.balance, handler.FUNDS() - handler.paidBy(address(0), payer), "native");
            vm.assertEq(usdc.balanceOf(payer), handler.FUNDS() - handler.paidBy(address(usdc), payer), "usdc");
        }
    }

    function invariant_recipients_hold_exactly_what_the_logs_call_paid() external view {
        for (uint256 i = 0; i < handler.RECIPIENTS(); i++) {
            address recipient = handler.recipients(i);
            vm.assertEq(recipient.balance, handler.paidTo(address(0), recipient), "native");
            vm.assertEq(usdc.balanceOf(recipient), handler.paidTo(address(usdc), recipient), "usdc");
        }
    }

    function invariant_no_token_appears_or_vanishes() external view {
        uint256 sum;
        for (uint256 i = 0; i < handler.PAYERS(); i++) {
            sum += usdc.balanceOf(handler.payers(i));
        }
        for (uint256 i = 0; i < handler.RECIPIENTS(); i++) {
            sum += usdc.balanceOf(handler.recipients(i));
        }
        vm.assertEq(sum, usdc.totalSupply(), "supply");
    }

    /// @dev The other invariants would hold just as well if nothing ever happened.
    function afterInvariant() external view {
        vm.assertTrue(handler.batchesExecuted() > 0, "no batch was executed");
    }
}
