// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {TestUsdCoin} from "../src/testing/TestUsdCoin.sol";
import {Vm} from "./support/Vm.sol";

contract TestUsdCoinTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);
    address private constant SPENDER = address(0x5bed);

    TestUsdCoin private usdc = new TestUsdCoin("USD Coin", "USDC", 6, address(this));

    function setUp() external {
        usdc.mint(ALICE, 100);
        vm.prank(ALICE);
        usdc.approve(SPENDER, 60);
    }

    function test_has_the_name_symbol_and_decimals_it_was_given() external view {
        vm.assertEq(usdc.name(), "USD Coin");
        vm.assertEq(usdc.symbol(), "USDC");
        vm.assertEq(usdc.decimals(), 6);
        vm.assertEq(usdc.owner(), address(this));
        vm.assertEq(usdc.totalSupply(), 100);
    }

    function test_transfers_and_spends_allowances_even_the_greatest() external {
        vm.prank(ALICE);
        vm.assertTrue(usdc.transfer(BOB, 10), "transfer");
        vm.prank(SPENDER);
        vm.assertTrue(usdc.transferFrom(ALICE, BOB, 60), "transferFrom");
        vm.assertEq(usdc.balanceOf(ALICE), 30);
        vm.assertEq(usdc.balanceOf(BOB), 70);
        vm.assertEq(usdc.allowance(ALICE, SPENDER), 0);
        vm.prank(ALICE);
        usdc.approve(SPENDER, type(uint256).max);
        vm.prank(SPENDER);
        usdc.transferFrom(ALICE, BOB, 1);
        vm.assertEq(usdc.allowance(ALICE, SPENDER), type(uint256).max - 1);
    }

    function test_transfer_to_oneself_changes_nothing() external {
        vm.prank(ALICE);
        usdc.transfer(ALICE, 100);
        vm.prank(SPENDER);
        usdc.transferFrom(ALICE, ALICE, 60);
        vm.assertEq(usdc.balanceOf(ALICE), 100);
    }

    function test_refuses_more_than_balance_or_allowance_and_the_zero_address() external {
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ALICE, 100, 101));
        usdc.transfer(BOB, 101);
        vm.prank(SPENDER);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, SPENDER, 60, 61));
        usdc.transferFrom(ALICE, BOB, 61);
        vm.prank(ALICE);
        usdc.approve(SPENDER, 101);
        vm.prank(SPENDER);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ALICE, 100, 101));
        usdc.transferFrom(ALICE, BOB, 101);
        vm.prank(SPENDER);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        usdc.transferFrom(ALICE, address(0), 1);
    }

    function test_a_frozen_account_may_not_send_receive_or_spend_and_keeps_its_balance() external {
        address[3] memory parties = [ALICE, BOB, SPENDER];
        for (uint256 i = 0; i < parties.length; i++) {
            usdc.freeze(parties[i]);
            vm.assertTrue(usdc.isFrozen(parties[i]), "frozen");
            vm.prank(SPENDER);
            vm.expectRevert(abi.encodeWithSelector(TestUsdCoin.AccountFrozen.selector, parties[i]));
            usdc.transferFrom(ALICE, BOB, 1);
            usdc.unfreeze(parties[i]);
            vm.assertFalse(usdc.isFrozen(parties[i]), "unfrozen");
        }
        usdc.freeze(ALICE);
        vm.assertEq(usdc.balanceOf(ALICE), 100);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(TestUsdCoin.AccountFrozen.selector, ALICE));
        usdc.transfer(BOB, 1);
        usdc.unfreeze(ALICE);
        vm.prank(SPENDER);
        usdc.transferFrom(ALICE, BOB, 1);
    }

    function test_paused_nothing_moves() external {
        usdc.pause();
        vm.prank(ALICE);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        usdc.transfer(BOB, 1);
        vm.prank(SPENDER);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        usdc.transferFrom(ALICE, BOB, 1);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        usdc.mint(BOB, 1);
        usdc.unpause();
        vm.prank(ALICE);
        usdc.transfer(BOB, 1);
    }

    function test_only_the_owner_mints_pauses_and_freezes() external {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ALICE);
        bytes[5] memory calls = [
            abi.encodeCall(usdc.mint, (ALICE, 1)),
            abi.encodeCall(usdc.pause, ()),
            abi.encodeCall(usdc.unpause, ()),
            abi.encodeCall(usdc.freeze, (BOB)),
            abi.encodeCall(usdc.unfreeze, (BOB))
        ];
        for (uint256 i = 0; i < calls.length; i++) {
            vm.prank(ALICE);
            (bool ok, bytes memory reason) = address(usdc).call(calls[i]);
            vm.assertFalse(ok, "accepted");
            vm.assertEq(keccak256(reason), keccak256(refusal));
        }
    }

    function test_burns_the_holders_own_tokens() external {
        vm.prank(ALICE);
        usdc.burn(40);
        vm.assertEq(usdc.balanceOf(ALICE), 60);
        vm.assertEq(usdc.totalSupply(), 60);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ALICE, 60, 61));
        usdc.burn(61);
    }

    function testFuzz_a_balance_never_reaches_the_frozen_bit(uint256 amount) external {
        uint256 amountMax = (1 << 255) - 1 - 100;
        if (amount > amountMax) vm.expectRevert();
        usdc.mint(BOB, amount);
        vm.assertFalse(usdc.isFrozen(BOB), "frozen by its balance");
        vm.assertEq(usdc.balanceOf(BOB), amount > amountMax ? 0 : amount);
    }
}
