// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ExactingRecipient,
    GasBurningRecipient,
    ReentrantRecipient,
    ReturnBombRecipient,
    RevertingRecipient
} from "./support/HostileRecipients.sol";
import {Mood, MoodyToken} from "./support/MoodyToken.sol";
import {Item, PayoutTest} from "./support/PayoutTest.sol";

/// @notice Any mix of honest and hostile items, with any amount of gas.
contract BatchPayoutFuzzTest is PayoutTest {
    uint256 private constant FUNDS = 1e30;
    uint256 private constant ITEMS_MAX = 24;
    uint256 private constant RECIPIENTS = 16;
    /// @dev Where 1/63 of it exceeds the contract's other reserves, so that they cannot hide a missing 63/64 check.
    uint256 private constant GAS_PER_ITEM_MAX = 4_000_000;
    bytes32 private constant BATCH = keccak256("batch");

    MoodyToken private token = new MoodyToken(payout);
    address[6] private nativeKinds;

    function setUp() external {
        token.mint(PAYER, FUNDS);
        vm.prank(PAYER);
        token.approve(address(payout), FUNDS);
        vm.deal(PAYER, FUNDS);
        nativeKinds = [
            address(0),
            address(new RevertingRecipient()),
            address(new GasBurningRecipient()),
            address(new ReturnBombRecipient()),
            address(new ReentrantRecipient(payout, BATCH)),
            address(new ExactingRecipient(GAS_PER_ITEM - 100))
        ];
    }

    function testFuzz_erc20_outcomes_match_what_was_paid(uint256 seed) external {
        (Item[] memory items, uint8[] memory expected) = tokenItems(seed, GAS_PER_ITEM);
        uint8[] memory outcomes = pay(BATCH, address(token), items);
        assertOutcomes(outcomes, expected);
        assertTokenBalances(items, outcomes);
    }

    function testFuzz_native_outcomes_match_what_was_paid(uint256 seed) external {
        (Item[] memory items, uint8[] memory expected) = nativeItems(seed);
        uint8[] memory outcomes = pay(BATCH, NATIVE, items);
        assertOutcomes(outcomes, expected);
        assertNativeBalances(items, outcomes);
    }

    /// @dev Whatever gas the transaction has: all or nothing, or the truth about each item.
    function testFuzz_erc20_with_any_gas_tells_the_truth(uint256 seed, uint256 gasPerItem, uint256 gasLimit) external {
        gasPerItem = 100_000 + gasPerItem % (GAS_PER_ITEM_MAX - 100_000);
        (Item[] memory items, uint8[] memory expected) = tokenItems(seed, gasPerItem);
        gasLimit = 20_000 + gasLimit % ((items.length + 2) * (gasPerItem + gasPerItem / 63) + 200_000);
        (bool ok, uint8[] memory outcomes) = payWithGas(gasLimit, BATCH, address(token), gasPerItem, items);
        assertTruth(ok, outcomes, expected);
        assertTokenBalances(items, outcomes);
    }

    function testFuzz_native_with_any_gas_tells_the_truth(uint256 seed, uint256 gasLimit) external {
        (Item[] memory items, uint8[] memory expected) = nativeItems(seed);
        gasLimit = 20_000 + gasLimit % ((items.length + 2) * 150_000);
        (bool ok, uint8[] memory outcomes) = payWithGas(gasLimit, BATCH, NATIVE, GAS_PER_ITEM, items);
        assertTruth(ok, outcomes, expected);
        assertNativeBalances(items, outcomes);
    }

    /// @dev Every gas limit around the point where one item just does or does not get its gas: it is either paid or not
    /// attempted, never reverted for want of gas, and once there is gas to open the batch it never fails to end.
    function testFuzz_erc20_starved_at_the_edge_never_reverts_an_honest_item(uint256 gasLimit) external {
        uint256 gasPerItem = 1_000_000;
        Item[] memory items = honestItems(1);
        token.setMood(items[0].to, Mood.EXACTING);
        token.setGasDemanded(gasPerItem - 1000);
        gasLimit = 900_000 + gasLimit % 250_000;
        (bool ok, uint8[] memory outcomes) = payWithGas(gasLimit, BATCH, address(token), gasPerItem, items);
        vm.assertTrue(ok, "ends normally");
        vm.assertTrue(outcomes[0] == PAID || outcomes[0] == NOT_ATTEMPTED, "paid or not attempted");
        assertTokenBalances(items, outcomes);
    }

    function testFuzz_native_starved_at_the_edge_never_reverts_an_honest_item(uint256 gasLimit, bool fresh) external {
        uint256 gasPerItem = 4_000_000;
        Item[] memory items = honestItems(2);
        // A new account costs the most before the call, an exacting recipient needs the most in it.
        if (!fresh) items[0].to = address(new ExactingRecipient(gasPerItem - 100));
        items[1].to = address(new GasBurningRecipient());
        gasLimit = 3_900_000 + gasLimit % 400_000;
        (bool ok, uint8[] memory outcomes) = payWithGas(gasLimit, BATCH, NATIVE, gasPerItem, items);
        vm.assertTrue(ok, "ends normally");
        vm.assertTrue(outcomes[0] == PAID || outcomes[0] == NOT_ATTEMPTED, "paid or not attempted");
        assertNativeBalances(items, outcomes);
    }

    /// @dev However the gas runs out, once the batch could be opened it ends normally: the reserve suffices.
    function testFuzz_a_batch_that_burns_all_its_gas_still_ends(uint256 seed, uint256 gasLimit, bool native) external {
        Item[] memory items = honestItems(1 + seed % 200);
        address burner = address(new GasBurningRecipient());
        for (uint256 i = 0; i < items.length; i++) {
            if (native) items[i].to = burner;
            else token.setMood(items[i].to, Mood.INVALID);
        }
        gasLimit = 300_000 + gasLimit % 1_500_000;
        address asset = native ? NATIVE : address(token);
        (bool ok, uint8[] memory outcomes) = payWithGas(gasLimit, BATCH, asset, GAS_PER_ITEM, items);
        vm.assertTrue(ok, "ends normally");
        vm.assertEq(outcomes[0], REVERTED, "first");
        for (uint256 i = 1; i < items.length; i++) {
            vm.assertTrue(outcomes[i] == REVERTED || outcomes[i] == NOT_ATTEMPTED, "reverted or not attempted");
        }
        vm.assertEq(PAYER.balance, FUNDS);
        vm.assertEq(token.balanceOf(PAYER), FUNDS);
    }

    /// @dev With no gas promised, a new account's 25,000 is all that an item's reserve covers: the refund has its own.
    function testFuzz_a_refund_always_has_its_gas(uint256 gasLimit) external {
        Item[] memory items = honestItems(4);
        items[0].to = nativeKinds[1];
        gasLimit = 80_000 + gasLimit % 200_000;
        (bool ok, uint8[] memory outcomes) = payWithGas(gasLimit, BATCH, NATIVE, 0, items);
        vm.assertTrue(ok, "ends normally");
        assertNativeBalances(items, outcomes);
    }

    /// @dev README.md's gas limits "whatever the recipients do", minus what is charged before the contract starts.
    function testFuzz_the_documented_gas_limit_attempts_every_item(uint256 count, uint256 gasPerItem, bool native)
        external
    {
        Item[] memory items = honestItems(1 + count % 100);
        gasPerItem = 5_000 + gasPerItem % 500_000;
        address burner = address(new GasBurningRecipient());
        for (uint256 i = 0; i < items.length; i++) {
            if (native) items[i].to = burner;
            else token.setMood(items[i].to, Mood.INVALID);
        }
        uint256 gasLimit = native
            ? 140_000 + items.length * (gasPerItem + 38_000) + gasPerItem / 63
            : 90_000 + items.length * (gasPerItem + 1_500) + gasPerItem / 63;
        address asset = native ? NATIVE : address(token);
        uint256 gasBefore = 21_000 + 16 * payCall(BATCH, asset, gasPerItem, items).length;
        (, uint8[] memory outcomes) = payWithGas(gasLimit - gasBefore, BATCH, asset, gasPerItem, items);
        assertAll(outcomes, REVERTED);
    }

    function testFuzz_items_of_any_length_are_refused_or_told_in_full(uint256 length) external {
        length = length % 1000;
        bytes memory packed = new bytes(length); // recipient zero, amount zero
        vm.prank(PAYER);
        try payout.pay(BATCH, address(token), GAS_PER_ITEM, packed) {
            vm.assertTrue(length != 0 && length % 52 == 0, "accepted malformed items");
        } catch {
            vm.assertTrue(length == 0 || length % 52 != 0, "refused well-formed items");
        }
    }

    /// @dev A random batch, and what becomes of each item when there is gas enough.
    function tokenItems(uint256 seed, uint256 gasPerItem)
        private
        returns (Item[] memory items, uint8[] memory expected)
    {
        // Loudness and burning cost what gasPerItem allows; a bomb of 100,000 bytes is paid from it as well.
        token.setGasDemanded(gasPerItem - 1000);
        items = honestItems(1 + seed % ITEMS_MAX);
        expected = new uint8[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            // Repeated recipients; the same one always has the same mood.
            uint256 recipient = random % RECIPIENTS;
            items[i].to = addressOf(recipient);
            items[i].amount = uint128(random >> 200);
            uint256 mood = uint256(keccak256(abi.encode(seed, "mood", recipient))) % 14;
            if (mood == 13) {
                items[i].to = random & 1 << 100 == 0 ? address(0) : address(payout);
                expected[i] = REVERTED;
                continue;
            }
            token.setMood(items[i].to, Mood(mood));
            if (mood <= uint256(Mood.REENTRANT)) expected[i] = PAID;
            else expected[i] = mood <= uint256(Mood.INVALID) ? REVERTED : RETURNED_FALSE;
        }
    }

    function nativeItems(uint256 seed) private view returns (Item[] memory items, uint8[] memory expected) {
        items = honestItems(1 + seed % ITEMS_MAX);
        expected = new uint8[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            uint256 kind = random % 8;
            items[i].amount = uint128(1 + (random >> 200));
            if (kind < 6) items[i].to = nativeKinds[kind];
            expected[i] = kind < 4 ? REVERTED : PAID; // zero address, reverts, burns, bombs; the rest accept
        }
    }

    function assertTruth(bool ok, uint8[] memory outcomes, uint8[] memory expected) private view {
        vm.assertEq(payout.executedAt(PAYER, BATCH) != 0 ? 1 : 0, ok ? 1 : 0, "remembered only when run");
        if (!ok) return;
        bool stopped;
        for (uint256 i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == NOT_ATTEMPTED) stopped = true;
            vm.assertEq(outcomes[i], stopped ? NOT_ATTEMPTED : expected[i], "outcome");
        }
    }

    function paidTo(address to, Item[] memory items, uint8[] memory outcomes) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == PAID && (to == address(0) || items[i].to == to)) sum += items[i].amount;
        }
    }

    function assertTokenBalances(Item[] memory items, uint8[] memory outcomes) private view {
        for (uint256 i = 0; i < items.length; i++) {
            if (items[i].to == address(0)) continue;
            vm.assertEq(token.balanceOf(items[i].to), paidTo(items[i].to, items, outcomes), "recipient");
        }
        vm.assertEq(token.balanceOf(PAYER), FUNDS - paidTo(address(0), items, outcomes), "payer");
        vm.assertEq(token.balanceOf(address(payout)), 0, "contract");
        vm.assertEq(address(payout).balance, 0, "contract");
    }

    function assertNativeBalances(Item[] memory items, uint8[] memory outcomes) private view {
        for (uint256 i = 0; i < items.length; i++) {
            if (items[i].to == address(0)) continue;
            vm.assertEq(items[i].to.balance, paidTo(items[i].to, items, outcomes), "recipient");
        }
        vm.assertEq(PAYER.balance, FUNDS - paidTo(address(0), items, outcomes), "payer");
        vm.assertEq(address(payout).balance, 0, "contract");
    }
}
