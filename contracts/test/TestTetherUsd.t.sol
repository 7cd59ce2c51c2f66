// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {TestTetherUsd} from "../src/testing/TestTetherUsd.sol";
import {Vm} from "./support/Vm.sol";

contract TestTetherUsdTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);
    address private constant SPENDER = address(0x5bed);

    TestTetherUsd private usdt = new TestTetherUsd(address(this));

    function setUp() external {
        usdt.mint(ALICE, 100);
    }

    function test_transfer_approve_and_transferFrom_return_nothing() external {
        vm.assertEq(returnedBytes(ALICE, abi.encodeCall(usdt.transfer, (BOB, 10))), 0, "transfer");
        vm.assertEq(returnedBytes(ALICE, abi.encodeCall(usdt.approve, (SPENDER, 20))), 0, "approve");
        vm.assertEq(returnedBytes(SPENDER, abi.encodeCall(usdt.transferFrom, (ALICE, BOB, 20))), 0, "transferFrom");
        vm.assertEq(usdt.balanceOf(ALICE), 70);
        vm.assertEq(usdt.balanceOf(BOB), 30);
        vm.assertEq(usdt.allowance(ALICE, SPENDER), 0);
    }

    function test_an_allowance_changes_only_to_or_from_zero() external {
        vm.prank(ALICE);
        usdt.approve(SPENDER, 20);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(TestTetherUsd.AllowanceNotZero.selector, SPENDER, 20));
        usdt.approve(SPENDER, 30);
        vm.prank(ALICE);
        usdt.approve(SPENDER, 0);
        vm.prank(ALICE);
        usdt.approve(SPENDER, 30);
        vm.assertEq(usdt.allowance(ALICE, SPENDER), 30);
    }

    function test_the_greatest_allowance_is_never_spent() external {
        vm.prank(ALICE);
        usdt.approve(SPENDER, type(uint256).max);
        vm.prank(SPENDER);
        usdt.transferFrom(ALICE, BOB, 100);
        vm.assertEq(usdt.allowance(ALICE, SPENDER), type(uint256).max);
    }

    function test_refuses_more_than_balance_or_allowance() external {
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ALICE, 100, 101));
        usdt.transfer(BOB, 101);
        vm.prank(SPENDER);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, SPENDER, 0, 1));
        usdt.transferFrom(ALICE, BOB, 1);
    }

    function test_only_the_owner_mints() external {
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ALICE));
        usdt.mint(ALICE, 1);
    }

    function returnedBytes(address sender, bytes memory data) private returns (uint256) {
        vm.prank(sender);
        (bool ok, bytes memory returned) = address(usdt).call(data);
        vm.assertTrue(ok, "call");
        return returned.length;
    }
}
