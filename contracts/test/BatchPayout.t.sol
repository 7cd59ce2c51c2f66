// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BatchPayout} from "../src/BatchPayout.sol";
import {TestTetherUsd} from "../src/testing/TestTetherUsd.sol";
import {TestUsdCoin} from "../src/testing/TestUsdCoin.sol";
import {FeeOnTransferToken} from "./support/FeeOnTransferToken.sol";
import {
    ContractPayer,
    ExactingRecipient,
    GasBurningRecipient,
    ReentrantRecipient,
    ReturnBombRecipient,
    RevertingRecipient
} from "./support/HostileRecipients.sol";
import {Mood, MoodyToken} from "./support/MoodyToken.sol";
import {Item, PayoutTest} from "./support/PayoutTest.sol";

contract BatchPayoutTest is PayoutTest {
    bytes32 private constant BATCH = keccak256("batch");
    uint256 private constant FUNDS = 1e18;

    TestUsdCoin private usdc = new TestUsdCoin("USD Coin", "USDC", 6, address(this));
    TestTetherUsd private usdt = new TestTetherUsd(address(this));
    MoodyToken private moody = new MoodyToken(payout);

    function setUp() external {
        usdc.mint(PAYER, FUNDS);
        usdt.mint(PAYER, FUNDS);
        moody.mint(PAYER, FUNDS);
        vm.prank(PAYER);
        usdc.approve(address(payout), FUNDS);
        vm.prank(PAYER);
        usdt.approve(address(payout), FUNDS);
        vm.prank(PAYER);
        moody.approve(address(payout), FUNDS);
        vm.deal(PAYER, FUNDS);
    }

    // ---- paying ----

    function test_pays_every_recipient_in_erc20_and_says_so() external {
        Item[] memory items = honestItems(20);
        assertAll(pay(BATCH, address(usdc), items), PAID);
        for (uint256 i = 0; i < items.length; i++) {
            vm.assertEq(usdc.balanceOf(items[i].to), items[i].amount);
        }
        vm.assertEq(usdc.balanceOf(PAYER), FUNDS - sumOf(items));
        vm.assertEq(usdc.balanceOf(address(payout)), 0);
    }

    function test_pays_a_token_that_returns_nothing() external {
        Item[] memory items = honestItems(3);
        assertAll(pay(BATCH, address(usdt), items), PAID);
        vm.assertEq(usdt.balanceOf(items[2].to), items[2].amount);
        vm.assertEq(usdt.balanceOf(PAYER), FUNDS - sumOf(items));
    }

    function test_pays_every_recipient_in_native_coin() external {
        Item[] memory items = honestItems(20);
        assertAll(pay(BATCH, NATIVE, items), PAID);
        for (uint256 i = 0; i < items.length; i++) {
            vm.assertEq(items[i].to.balance, items[i].amount);
        }
        vm.assertEq(PAYER.balance, FUNDS - sumOf(items));
        vm.assertEq(address(payout).balance, 0);
    }

    function test_pays_the_same_recipient_as_often_as_it_is_listed() external {
        Item[] memory items = honestItems(3);
        items[2].to = items[0].to;
        assertAll(pay(BATCH, address(usdc), items), PAID);
        vm.assertEq(usdc.balanceOf(items[0].to), items[0].amount + items[2].amount);
    }

    function test_pays_the_payer_itself_and_a_zero_amount() external {
        Item[] memory items = honestItems(2);
        items[0].to = PAYER;
        items[1].amount = 0;
        assertAll(pay(BATCH, address(usdc), items), PAID);
        vm.assertEq(usdc.balanceOf(PAYER), FUNDS);
    }

    function test_pays_the_greatest_amount_an_item_can_hold() external {
        moody.mint(PAYER, type(uint256).max - FUNDS);
        vm.prank(PAYER);
        moody.approve(address(payout), type(uint256).max);
        Item[] memory items = honestItems(2);
        items[0].amount = type(uint128).max;
        items[1].amount = type(uint128).max;
        assertAll(pay(BATCH, address(moody), items), PAID);
        vm.assertEq(moody.balanceOf(items[1].to), type(uint128).max);
    }

    function test_fee_on_transfer_costs_the_payer_the_amount_and_no_more() external {
        FeeOnTransferToken token = new FeeOnTransferToken();
        Item[] memory items = honestItems(3);
        token.mint(PAYER, sumOf(items));
        vm.prank(PAYER);
        token.approve(address(payout), sumOf(items));
        assertAll(pay(BATCH, address(token), items), PAID);
        vm.assertEq(token.balanceOf(PAYER), 0);
        vm.assertEq(token.balanceOf(address(payout)), 0);
        vm.assertEq(token.balanceOf(items[0].to), items[0].amount - items[0].amount / 100);
    }

    function test_emits_the_event_as_declared() external {
        Item[] memory items = honestItems(1);
        vm.expectEmit(true, true, true, true, address(payout));
        emit BatchPayout.BatchExecuted(BATCH, PAYER, address(usdc), abi.encodePacked(items[0].id, PAID));
        vm.prank(PAYER);
        payout.pay(BATCH, address(usdc), GAS_PER_ITEM, pack(items));
    }

    // ---- once ----

    function test_remembers_the_block_in_which_a_batch_ran() external {
        vm.roll(1234);
        vm.assertEq(payout.executedAt(PAYER, BATCH), 0);
        pay(BATCH, address(usdc), honestItems(1));
        vm.assertEq(payout.executedAt(PAYER, BATCH), 1234);
        vm.assertEq(payout.executedAt(address(this), BATCH), 0);
    }

    function test_never_runs_a_batch_twice() external {
        vm.roll(7);
        Item[] memory items = honestItems(2);
        pay(BATCH, address(usdc), items);
        vm.roll(8);
        items[0].to = addressOf(99);
        expectRevert(
            abi.encodeWithSelector(BatchPayout.BatchAlreadyExecuted.selector, PAYER, BATCH, 7),
            address(usdc),
            0,
            pack(items)
        );
        vm.assertEq(usdc.balanceOf(addressOf(99)), 0);
        vm.assertEq(payout.executedAt(PAYER, BATCH), 7);
    }

    function test_nobody_can_use_up_another_payers_batch_id() external {
        address stranger = addressOf(1000);
        vm.deal(stranger, 1);
        vm.prank(stranger);
        payout.pay{value: 1}(BATCH, NATIVE, 0, abi.encodePacked(idOf(0), addressOf(0), uint128(1)));
        assertAll(pay(BATCH, address(usdc), honestItems(1)), PAID);
    }

    function test_nobody_can_spend_another_accounts_approval() external {
        vm.prank(addressOf(1000));
        vm.expectRevert(abi.encodeWithSelector(BatchPayout.InsufficientBalance.selector, 0, 1000));
        payout.pay(BATCH, address(usdc), GAS_PER_ITEM, pack(honestItems(1)));
        vm.assertEq(usdc.balanceOf(PAYER), FUNDS);
    }

    function test_a_batch_that_reverted_may_run_later() external {
        vm.prank(PAYER);
        usdc.approve(address(payout), 0);
        Item[] memory items = honestItems(1);
        expectRevert(
            abi.encodeWithSelector(BatchPayout.InsufficientAllowance.selector, 0, 1000), address(usdc), 0, pack(items)
        );
        vm.assertEq(payout.executedAt(PAYER, BATCH), 0);
        vm.prank(PAYER);
        usdc.approve(address(payout), 1000);
        assertAll(pay(BATCH, address(usdc), items), PAID);
    }

    // ---- whole-batch problems ----

    function test_refuses_empty_items() external {
        expectRevert(abi.encodeWithSelector(BatchPayout.MalformedItems.selector, 0), address(usdc), 0, "");
    }

    function test_refuses_items_that_are_not_a_multiple_of_52_bytes() external {
        bytes memory items = bytes.concat(pack(honestItems(1)), hex"00");
        expectRevert(abi.encodeWithSelector(BatchPayout.MalformedItems.selector, 53), address(usdc), 0, items);
    }

    function test_refuses_native_coin_sent_with_an_erc20_batch() external {
        bytes memory items = pack(honestItems(1));
        expectRevert(abi.encodeWithSelector(BatchPayout.WrongValue.selector, 0, 1), address(usdc), 1, items);
    }

    function test_refuses_too_little_and_too_much_native_coin() external {
        bytes memory items = pack(honestItems(1));
        expectRevert(abi.encodeWithSelector(BatchPayout.WrongValue.selector, 1000, 999), NATIVE, 999, items);
        expectRevert(abi.encodeWithSelector(BatchPayout.WrongValue.selector, 1000, 1001), NATIVE, 1001, items);
    }

    function test_refuses_a_token_without_code() external {
        address token = addressOf(1);
        bytes memory items = pack(honestItems(1));
        expectRevert(abi.encodeWithSelector(BatchPayout.TokenWithoutCode.selector, token), token, 0, items);
    }

    function test_refuses_a_batch_beyond_the_payers_balance() external {
        Item[] memory items = honestItems(2);
        items[1].amount = uint128(FUNDS);
        expectRevert(
            abi.encodeWithSelector(BatchPayout.InsufficientBalance.selector, FUNDS, FUNDS + 1000),
            address(usdc),
            0,
            pack(items)
        );
        vm.assertEq(usdc.balanceOf(items[0].to), 0);
    }

    function test_refuses_a_batch_beyond_the_payers_allowance() external {
        vm.prank(PAYER);
        usdc.approve(address(payout), 2999);
        Item[] memory items = honestItems(2);
        expectRevert(
            abi.encodeWithSelector(BatchPayout.InsufficientAllowance.selector, 2999, 3000),
            address(usdc),
            0,
            pack(items)
        );
        vm.prank(PAYER);
        usdc.approve(address(payout), 3000);
        assertAll(pay(BATCH, address(usdc), items), PAID);
    }

    function test_takes_no_native_coin_outside_of_a_batch() external {
        vm.prank(PAYER);
        (bool ok,) = address(payout).call{value: 1}("");
        vm.assertFalse(ok, "accepted native coin");
    }

    // ---- one item's trouble ----

    function test_a_frozen_recipient_harms_only_itself() external {
        Item[] memory items = honestItems(5);
        usdc.freeze(items[1].to);
        uint8[] memory expected = filled(5, PAID);
        expected[1] = REVERTED;
        assertOutcomes(pay(BATCH, address(usdc), items), expected);
        vm.assertEq(usdc.balanceOf(PAYER), FUNDS - sumOf(items) + items[1].amount);
    }

    function test_every_mood_of_a_token_has_its_outcome() external {
        uint8[13] memory expected = [
            PAID,
            PAID,
            PAID,
            PAID,
            PAID,
            REVERTED,
            REVERTED,
            REVERTED,
            REVERTED,
            RETURNED_FALSE,
            RETURNED_FALSE,
            RETURNED_FALSE,
            RETURNED_FALSE
        ];
        Item[] memory items = honestItems(13);
        moody.setGasDemanded(GAS_PER_ITEM - 1000);
        uint256 paid;
        for (uint256 i = 0; i < items.length; i++) {
            moody.setMood(items[i].to, Mood(i));
            if (expected[i] == PAID) paid += items[i].amount;
        }
        uint8[] memory outcomes = pay(BATCH, address(moody), items);
        for (uint256 i = 0; i < items.length; i++) {
            vm.assertEq(outcomes[i], expected[i], "outcome");
            vm.assertEq(moody.balanceOf(items[i].to), expected[i] == PAID ? items[i].amount : 0);
        }
        vm.assertEq(moody.balanceOf(PAYER), FUNDS - paid);
    }

    function test_an_answer_is_never_mistaken_for_the_next_items_answer() external {
        Item[] memory items = honestItems(4);
        moody.setMood(items[1].to, Mood.RETURNS_SHORT);
        moody.setMood(items[2].to, Mood.SILENT);
        moody.setMood(items[3].to, Mood.RETURNS_ONE_BYTE);
        uint8[] memory expected = filled(4, PAID);
        expected[1] = RETURNED_FALSE;
        expected[3] = RETURNED_FALSE;
        assertOutcomes(pay(BATCH, address(moody), items), expected);
    }

    function test_never_pays_the_zero_address_or_itself() external {
        Item[] memory items = honestItems(3);
        items[0].to = address(0);
        items[1].to = address(payout);
        uint8[] memory expected = filled(3, REVERTED);
        expected[2] = PAID;
        // USDT itself would let both pass.
        assertOutcomes(pay(BATCH, address(usdt), items), expected);
        vm.assertEq(usdt.balanceOf(address(payout)), 0);
        vm.assertEq(usdt.balanceOf(PAYER), FUNDS - items[2].amount);
        assertOutcomes(pay("native", NATIVE, items), expected);
        vm.assertEq(PAYER.balance, FUNDS - items[2].amount);
        vm.assertEq(address(payout).balance, 0);
    }

    function test_hostile_native_recipients_harm_only_themselves() external {
        Item[] memory items = honestItems(7);
        items[0].to = address(new RevertingRecipient());
        items[1].to = address(new GasBurningRecipient());
        items[2].to = address(new ReturnBombRecipient());
        items[4].to = address(usdc);
        items[5].to = address(new ExactingRecipient(GAS_PER_ITEM - 100));
        uint8[] memory expected = filled(7, REVERTED);
        expected[3] = PAID;
        expected[5] = PAID;
        expected[6] = PAID;
        assertOutcomes(pay(BATCH, NATIVE, items), expected);
        vm.assertEq(PAYER.balance, FUNDS - items[3].amount - items[5].amount - items[6].amount);
        vm.assertEq(address(payout).balance, 0);
    }

    function test_a_return_bomb_costs_the_batch_no_more_than_its_own_gas() external {
        Item[] memory items = honestItems(1);
        moody.setMood(items[0].to, Mood.VERBOSE);
        vm.prank(PAYER);
        uint256 gasBefore = gasleft();
        payout.pay(BATCH, address(moody), GAS_PER_ITEM, pack(items));
        // 100,000 bytes copied here would cost about 40,000 more.
        vm.assertTrue(gasBefore - gasleft() < GAS_PER_ITEM + 80_000, "paid for copying what came back");
    }

    function test_reentering_leaves_the_batch_undisturbed() external {
        ReentrantRecipient recipient = new ReentrantRecipient(payout, BATCH);
        Item[] memory items = honestItems(3);
        items[1].to = address(recipient);
        assertAll(pay(BATCH, NATIVE, items), PAID);
        vm.assertFalse(recipient.innerRan(), "ran a batch within a batch");
        vm.assertEq(
            bytes32(recipient.innerError()), bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        vm.assertEq(address(recipient).balance, items[1].amount);
        vm.assertEq(payout.executedAt(address(recipient), BATCH), 0);
        vm.assertEq(payout.executedAt(PAYER, BATCH), block.number);
    }

    function test_several_batches_fit_into_one_transaction() external {
        assertAll(pay("first", address(usdc), honestItems(2)), PAID);
        assertAll(pay("second", NATIVE, honestItems(2)), PAID);
    }

    function test_too_little_gas_per_item_reverts_the_items_only() external {
        Item[] memory items = honestItems(2);
        vm.recordLogs();
        vm.prank(PAYER);
        payout.pay(BATCH, address(usdc), 500, pack(items));
        assertAll(readOutcomes(vm.getRecordedLogs(), BATCH, address(usdc), items), REVERTED);
        vm.assertEq(usdc.balanceOf(PAYER), FUNDS);
    }

    function test_more_gas_per_item_than_there_is_attempts_nothing() external {
        Item[] memory items = honestItems(2);
        uint256[3] memory gasPerItem = [uint256(1e12), 1 << 70, type(uint256).max];
        for (uint256 i = 0; i < gasPerItem.length; i++) {
            bytes32 batchId = bytes32(i);
            vm.recordLogs();
            vm.prank(PAYER);
            payout.pay(batchId, address(usdc), gasPerItem[i], pack(items));
            assertAll(readOutcomes(vm.getRecordedLogs(), batchId, address(usdc), items), NOT_ATTEMPTED);
        }
        vm.assertEq(usdc.balanceOf(PAYER), FUNDS);
    }

    function test_forced_native_coin_is_neither_paid_out_nor_refunded() external {
        vm.deal(address(payout), 5);
        Item[] memory items = honestItems(2);
        items[0].to = address(new RevertingRecipient());
        pay(BATCH, NATIVE, items);
        vm.assertEq(address(payout).balance, 5);
        vm.assertEq(PAYER.balance, FUNDS - items[1].amount);
    }

    // ---- refund ----

    function test_refunds_a_payer_that_is_a_contract() external {
        ContractPayer payer = new ContractPayer();
        vm.deal(address(payer), 3000);
        Item[] memory items = honestItems(2);
        items[0].to = address(new RevertingRecipient());
        payer.pay(payout, BATCH, pack(items), 3000);
        vm.assertEq(address(payer).balance, 1000);
    }

    function test_a_refused_refund_reverts_the_whole_batch() external {
        ContractPayer payer = new ContractPayer();
        payer.setRefusesRefund(true);
        vm.deal(address(payer), 3000);
        Item[] memory items = honestItems(2);
        items[0].to = address(new RevertingRecipient());
        vm.expectRevert(abi.encodeWithSelector(BatchPayout.RefundFailed.selector, 1000));
        payer.pay(payout, BATCH, pack(items), 3000);
        vm.assertEq(items[1].to.balance, 0);
        vm.assertEq(payout.executedAt(address(payer), BATCH), 0);
    }

    function filled(uint256 count, uint8 outcome) private pure returns (uint8[] memory outcomes) {
        outcomes = new uint8[](count);
        for (uint256 i = 0; i < count; i++) {
            outcomes[i] = outcome;
        }
    }

    function expectRevert(bytes memory reason, address token, uint256 valueWei, bytes memory items) private {
        vm.prank(PAYER);
        vm.expectRevert(reason);
        payout.pay{value: valueWei}(BATCH, token, GAS_PER_ITEM, items);
    }
}
