// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositFactory} from "../src/DepositFactory.sol";
import {DepositForwarder} from "../src/DepositForwarder.sol";
import {SendMood, SweepToken} from "./support/SweepToken.sol";
import {Vm} from "./support/Vm.sol";

/// @notice Strangers who pay, sweep and call forwarders in any order, and what the logs say came of it.
contract DepositHandler {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 public constant ADDRESSES = 5;

    DepositFactory public immutable factory;
    SweepToken public immutable token;

    uint256 public tokenPaid;
    uint256 public coinPaid;
    /// @notice By the forwarders' logs alone.
    uint256 public coinLogged;
    /// @notice By the factory's logs alone.
    uint256 public tokenSwept;
    uint256 public coinSwept;

    constructor(DepositFactory factory_, SweepToken token_) {
        factory = factory_;
        token = token_;
    }

    function forwarder(uint256 index) public view returns (address) {
        return factory.addressOf(bytes32(index % ADDRESSES));
    }

    function payToken(uint256 index, uint96 amount) external {
        token.mint(forwarder(index), amount);
        tokenPaid += amount;
    }

    function payCoin(uint256 index, uint96 amount) external {
        address payer = address(uint160(uint256(keccak256(abi.encode("payer", index)))));
        address to = forwarder(index);
        vm.deal(payer, amount);
        vm.recordLogs();
        vm.prank(payer);
        (bool ok,) = to.call{value: amount}("");
        require(ok, "coin refused");
        coinPaid += amount;
        _readLogs();
    }

    function setMood(uint256 index, uint8 mood) external {
        // Without the fee: what a token takes for itself would be missing at the treasury.
        SendMood[4] memory moods = [SendMood.HONEST, SendMood.SILENT, SendMood.REVERTS, SendMood.RETURNS_FALSE];
        token.setMood(forwarder(index), moods[mood % 4]);
    }

    function sweep(address sender, bool isCoin, uint256 first, uint256 count) external {
        bytes32[] memory salts = new bytes32[](count % (ADDRESSES + 2));
        for (uint256 i = 0; i < salts.length; i++) {
            salts[i] = bytes32((first % ADDRESSES + i) % ADDRESSES);
        }
        vm.recordLogs();
        vm.prank(sender);
        factory.sweep(isCoin ? address(0) : address(token), salts);
        _readLogs();
    }

    function flush(address sender, uint256 index, bool isCoin, uint96 amount) external {
        address to = forwarder(index);
        if (sender == address(factory) || to.code.length == 0) return;
        vm.prank(sender);
        (bool ok,) =
            to.call(abi.encodeCall(DepositForwarder.flush, (isCoin ? address(0) : address(token), uint256(amount))));
        require(!ok, "a stranger moved a forwarder");
    }

    function _readLogs() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] == DepositForwarder.Deposited.selector) {
                coinLogged += abi.decode(logs[i].data, (uint256));
            } else if (logs[i].topics[0] == DepositFactory.Swept.selector) {
                uint256 amount = abi.decode(logs[i].data, (uint256));
                if (logs[i].topics[2] == bytes32(0)) coinSwept += amount;
                else tokenSwept += amount;
            }
        }
    }
}

contract DepositFactoryInvariantTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address payable private constant TREASURY = payable(address(uint160(uint256(keccak256("treasury")))));

    DepositFactory private factory = new DepositFactory(TREASURY);
    SweepToken private token = new SweepToken();
    DepositHandler private handler = new DepositHandler(factory, token);

    /// @dev Tells forge whose functions to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_money_is_at_its_address_or_at_the_treasury() external view {
        uint256 tokens = token.balanceOf(TREASURY);
        uint256 coin = TREASURY.balance;
        for (uint256 i = 0; i < handler.ADDRESSES(); i++) {
            tokens += token.balanceOf(handler.forwarder(i));
            coin += handler.forwarder(i).balance;
        }
        vm.assertEq(tokens, handler.tokenPaid(), "tokens");
        vm.assertEq(coin, handler.coinPaid(), "coin");
    }

    function invariant_the_treasury_has_exactly_what_the_logs_call_swept() external view {
        vm.assertEq(token.balanceOf(TREASURY), handler.tokenSwept(), "tokens");
        vm.assertEq(TREASURY.balance, handler.coinSwept(), "coin");
    }

    function invariant_every_coin_at_a_forwarder_was_logged_once() external view {
        uint256 unlogged;
        for (uint256 i = 0; i < handler.ADDRESSES(); i++) {
            if (handler.forwarder(i).code.length == 0) unlogged += handler.forwarder(i).balance;
        }
        vm.assertEq(handler.coinLogged() + unlogged, handler.coinPaid(), "coin");
    }

    function invariant_the_factory_holds_nothing() external view {
        vm.assertEq(address(factory).balance, 0);
        vm.assertEq(token.balanceOf(address(factory)), 0);
    }
}
