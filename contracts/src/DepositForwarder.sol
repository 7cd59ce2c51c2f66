// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a forwarder must know of whoever makes it.
interface IForwarderMaker {
    function TREASURY() external view returns (address payable);
}

/// @title DepositForwarder
/// @notice Stands at a deposit address. What it holds can go to the treasury of its factory and nowhere else.
/// @dev Made by DepositFactory. It has no constructor arguments, so that all forwarders of a factory have the same creation
/// code and their addresses follow from their salts alone. No owner, no upgrade, no storage.
contract DepositForwarder {
    address private immutable _factory;
    address payable private immutable _treasury;

    /// @notice The native coin arrived. `from` zero: it was there before the forwarder.
    /// @dev One topic and one word: with the call's own cost it stays under the 2,300 gas of a plain `transfer`.
    event Deposited(address indexed from, uint256 amountWei);

    /// @notice Only the factory may ask, so that every movement is in the factory's log.
    error NotTheFactory();
    /// @notice The token said no, or the treasury does not take the coin.
    error TransferFailed();

    constructor() {
        _factory = msg.sender;
        _treasury = IForwarderMaker(msg.sender).TREASURY();
        // An address can be paid before there is code at it, and nothing was logged then.
        if (address(this).balance != 0) emit Deposited(address(0), address(this).balance);
    }

    receive() external payable {
        emit Deposited(msg.sender, msg.value);
    }

    /// @notice Sends an amount to the treasury.
    /// @param token An ERC-20 token, or the zero address for the native coin.
    function flush(address token, uint256 amount) external {
        if (msg.sender != _factory) revert NotTheFactory();
        address treasury = _treasury;
        bool sent;
        // By hand, since every byte of this code is paid for at every address.
        assembly ("memory-safe") {
            switch token
            case 0 { sent := call(gas(), treasury, amount, 0, 0, 0, 0) }
            default {
                let input := mload(0x40)
                mstore(input, shl(224, 0xa9059cbb)) // transfer(address,uint256)
                mstore(add(input, 4), treasury)
                mstore(add(input, 36), amount)
                sent := call(gas(), token, 0, input, 68, 0, 32)
                // Answers true, or nothing at all as USDT does.
                sent := and(sent, or(iszero(returndatasize()), and(gt(returndatasize(), 31), eq(mload(0), 1))))
            }
        }
        if (!sent) revert TransferFailed();
    }
}
