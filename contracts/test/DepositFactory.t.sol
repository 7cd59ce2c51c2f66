// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositFactory} from "../src/DepositFactory.sol";
import {DepositForwarder} from "../src/DepositForwarder.sol";
import {TestTetherUsd} from "../src/testing/TestTetherUsd.sol";
import {TestUsdCoin} from "../src/testing/TestUsdCoin.sol";
import {SendMood, SweepToken} from "./support/SweepToken.sol";
import {Vm} from "./support/Vm.sol";

/// @notice A treasury that does not take the native coin.
contract RefusingTreasury {}

/// @notice A treasury that sweeps again while it is being paid.
contract GreedyTreasury {
    DepositFactory public factory;

    function watch(DepositFactory factory_) external {
        factory = factory_;
    }

    receive() external payable {
        bytes32[] memory salts = new bytes32[](1);
        (bool ok,) = address(factory).call(abi.encodeCall(DepositFactory.sweep, (address(0), salts)));
        require(!ok, "swept within a sweep");
    }
}

/// @notice Pays with the 2,300 gas of a plain transfer.
contract PlainSender {
    function send(address payable to) external payable {
        to.transfer(msg.value);
    }
}

contract DepositFactoryTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address payable internal constant TREASURY = payable(address(uint160(uint256(keccak256("treasury")))));
    address internal constant STRANGER = address(uint160(uint256(keccak256("stranger"))));

    DepositFactory internal factory = new DepositFactory(TREASURY);
    SweepToken internal token = new SweepToken();

    function saltOf(uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", index));
    }

    function saltsOf(uint256 count) internal pure returns (bytes32[] memory salts) {
        salts = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            salts[i] = saltOf(i);
        }
    }

    function forwarderOf(uint256 index) internal view returns (address) {
        return factory.addressOf(saltOf(index));
    }

    function fund(uint256 count, uint256 amount) internal {
        for (uint256 i = 0; i < count; i++) {
            token.mint(forwarderOf(i), amount);
        }
    }

    /// @dev Logs of a kind by the factory.
    function countLogs(Vm.Log[] memory logs, bytes32 selector) internal view returns (uint256 count) {
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter == address(factory) && logs[i].topics[0] == selector) count++;
        }
    }

    function test_needs_a_treasury() external {
        vm.expectRevert(DepositFactory.NoTreasury.selector);
        new DepositFactory(payable(address(0)));
    }

    function test_a_forwarder_stands_where_its_salt_says() external {
        factory.sweep(address(0), saltsOf(1));
        vm.assertTrue(forwarderOf(0).code.length != 0, "code at the address");
        vm.assertEq(forwarderOf(1).code.length, 0);
    }

    function test_tokens_that_came_before_the_forwarder_are_swept() external {
        fund(3, 1000);
        vm.recordLogs();
        vm.prank(STRANGER);
        factory.sweep(address(token), saltsOf(3));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(token.balanceOf(TREASURY), 3000);
        vm.assertEq(countLogs(logs, DepositFactory.Swept.selector), 3);
        vm.assertEq(countLogs(logs, DepositFactory.ForwarderCreated.selector), 3);
    }

    function test_sweeping_again_changes_nothing_and_logs_nothing() external {
        fund(2, 1000);
        factory.sweep(address(token), saltsOf(2));
        vm.recordLogs();
        factory.sweep(address(token), saltsOf(2));
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(token.balanceOf(TREASURY), 2000);
    }

    function test_the_same_salt_twice_in_one_sweep_is_swept_once() external {
        fund(1, 1000);
        bytes32[] memory salts = new bytes32[](2);
        (salts[0], salts[1]) = (saltOf(0), saltOf(0));
        vm.recordLogs();
        factory.sweep(address(token), salts);
        vm.assertEq(countLogs(vm.getRecordedLogs(), DepositFactory.Swept.selector), 1);
        vm.assertEq(token.balanceOf(TREASURY), 1000);
    }

    function test_usdt_and_usdc_are_swept() external {
        TestTetherUsd usdt = new TestTetherUsd(address(this));
        TestUsdCoin usdc = new TestUsdCoin("USD Coin", "USDC", 6, address(this));
        usdt.mint(forwarderOf(0), 7);
        usdc.mint(forwarderOf(0), 9);
        factory.sweep(address(usdt), saltsOf(1));
        factory.sweep(address(usdc), saltsOf(1));
        vm.assertEq(usdt.balanceOf(TREASURY), 7);
        vm.assertEq(usdc.balanceOf(TREASURY), 9);
    }

    function test_one_that_is_frozen_does_not_hold_up_the_others() external {
        TestUsdCoin usdc = new TestUsdCoin("USD Coin", "USDC", 6, address(this));
        for (uint256 i = 0; i < 3; i++) {
            usdc.mint(forwarderOf(i), 100);
        }
        usdc.freeze(forwarderOf(1));
        vm.recordLogs();
        factory.sweep(address(usdc), saltsOf(3));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(usdc.balanceOf(TREASURY), 200);
        vm.assertEq(usdc.balanceOf(forwarderOf(1)), 100);
        vm.assertEq(countLogs(logs, DepositFactory.NotSwept.selector), 1);
        usdc.unfreeze(forwarderOf(1));
        factory.sweep(address(usdc), saltsOf(3));
        vm.assertEq(usdc.balanceOf(TREASURY), 300);
    }

    function test_every_way_of_not_paying_leaves_the_others_alone() external {
        for (uint8 mood = uint8(SendMood.REVERTS); mood <= uint8(SendMood.RETURNS_SHORT); mood++) {
            token.mint(forwarderOf(mood), 100);
            token.setMood(forwarderOf(mood), SendMood(mood));
        }
        token.mint(forwarderOf(0), 100);
        token.setMood(forwarderOf(0), SendMood.SILENT);
        vm.recordLogs();
        factory.sweep(address(token), saltsOf(uint256(uint8(SendMood.RETURNS_SHORT)) + 1));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(token.balanceOf(TREASURY), 100);
        vm.assertEq(countLogs(logs, DepositFactory.NotSwept.selector), 6);
        vm.assertEq(countLogs(logs, DepositFactory.Swept.selector), 1);
    }

    function test_a_fee_of_the_token_is_not_in_what_arrived() external {
        token.mint(forwarderOf(0), 1000);
        token.setMood(forwarderOf(0), SendMood.TAKES_FEE);
        vm.expectEmit(true, true, false, true, address(factory));
        emit DepositFactory.Swept(forwarderOf(0), address(token), 990);
        factory.sweep(address(token), saltsOf(1));
    }

    function test_a_token_cannot_sweep_within_a_sweep() external {
        token.setReenters(address(factory));
        token.mint(forwarderOf(0), 1000);
        token.setMood(forwarderOf(0), SendMood.REENTRANT);
        factory.sweep(address(token), saltsOf(1));
        vm.assertEq(token.balanceOf(TREASURY), 1000);
    }

    function test_a_treasury_cannot_sweep_within_a_sweep() external {
        GreedyTreasury treasury = new GreedyTreasury();
        DepositFactory own = new DepositFactory(payable(address(treasury)));
        treasury.watch(own);
        vm.deal(own.addressOf(saltOf(0)), 5 ether);
        own.sweep(address(0), saltsOf(1));
        vm.assertEq(address(treasury).balance, 5 ether);
    }

    function test_a_treasury_that_refuses_the_coin_loses_nothing() external {
        DepositFactory own = new DepositFactory(payable(address(new RefusingTreasury())));
        vm.deal(own.addressOf(saltOf(0)), 1 ether);
        own.sweep(address(0), saltsOf(1));
        vm.assertEq(own.addressOf(saltOf(0)).balance, 1 ether);
    }

    function test_a_token_without_code_is_refused() external {
        vm.expectRevert(abi.encodeWithSelector(DepositFactory.TokenWithoutCode.selector, STRANGER));
        factory.sweep(STRANGER, saltsOf(1));
    }

    function test_nobody_but_the_factory_moves_a_forwarder() external {
        factory.sweep(address(0), saltsOf(1));
        address forwarder = forwarderOf(0);
        vm.deal(forwarder, 1 ether);
        vm.expectRevert(DepositForwarder.NotTheFactory.selector);
        vm.prank(STRANGER);
        DepositForwarder(payable(forwarder)).flush(address(0), 1 ether);
    }

    function test_the_coin_is_logged_when_it_comes_and_swept() external {
        factory.sweep(address(0), saltsOf(1));
        address forwarder = forwarderOf(0);
        vm.deal(STRANGER, 3 ether);
        vm.expectEmit(true, false, false, true, forwarder);
        emit DepositForwarder.Deposited(STRANGER, 3 ether);
        vm.prank(STRANGER);
        (bool ok,) = forwarder.call{value: 3 ether}("");
        vm.assertTrue(ok, "taken");
        factory.sweep(address(0), saltsOf(1));
        vm.assertEq(TREASURY.balance, 3 ether);
    }

    function test_the_coin_that_came_before_the_forwarder_is_logged_when_it_is_made() external {
        vm.deal(forwarderOf(0), 2 ether);
        vm.expectEmit(true, false, false, true, forwarderOf(0));
        emit DepositForwarder.Deposited(address(0), 2 ether);
        factory.sweep(address(token), saltsOf(1));
        vm.assertEq(forwarderOf(0).balance, 2 ether);
    }

    function test_a_plain_transfer_has_gas_enough() external {
        factory.sweep(address(0), saltsOf(1));
        PlainSender sender = new PlainSender();
        vm.deal(address(this), 1 ether);
        sender.send{value: 1 ether}(payable(forwarderOf(0)));
        vm.assertEq(forwarderOf(0).balance, 1 ether);
    }

    function test_two_factories_give_one_salt_two_addresses() external {
        DepositFactory other = new DepositFactory(payable(STRANGER));
        vm.assertTrue(other.addressOf(saltOf(0)) != forwarderOf(0), "different addresses");
    }

    /// @dev Any amounts at any addresses, swept by anyone, in any number of calls: all of it at the treasury, once.
    function testFuzz_everything_arrives_once(uint96[8] memory amounts, uint8 cut, address sender) external {
        uint256 sum;
        for (uint256 i = 0; i < amounts.length; i++) {
            token.mint(forwarderOf(i), amounts[i]);
            sum += amounts[i];
        }
        vm.prank(sender);
        factory.sweep(address(token), saltsOf(uint256(cut) % 9));
        vm.prank(sender);
        factory.sweep(address(token), saltsOf(8));
        vm.assertEq(token.balanceOf(TREASURY), sum);
    }

    /// @dev With any gas the sweep either reverts as a whole or leaves each forwarder swept or as it was.
    function testFuzz_any_gas(uint256 gasLimit) external {
        fund(4, 1000);
        (bool ok,) = address(factory).call{gas: gasLimit % 1_500_000}(
            abi.encodeCall(factory.sweep, (address(token), saltsOf(4)))
        );
        uint256 left;
        for (uint256 i = 0; i < 4; i++) {
            left += token.balanceOf(forwarderOf(i));
        }
        vm.assertEq(left + token.balanceOf(TREASURY), 4000);
        if (!ok) vm.assertEq(left, 4000);
    }
}
