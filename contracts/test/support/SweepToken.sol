// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositFactory} from "../../src/DepositFactory.sol";

/// @notice How a token behaves when a certain holder sends it.
enum SendMood {
    HONEST, // pays, returns true
    SILENT, // pays, returns nothing
    TAKES_FEE, // one percent does not arrive
    REENTRANT, // sweeps in the middle of the sweep, then pays
    REVERTS,
    BURNS_GAS,
    BOMB, // reverts with 50,000 bytes
    RETURNS_FALSE, // does not pay
    RETURNS_TWO, // does not pay, returns a word that is neither true nor false
    RETURNS_SHORT // does not pay, returns one byte
}

/// @notice An ERC-20 token that treats each holder as it was told to.
contract SweepToken {
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address holder => SendMood mood) public moodOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setMood(address holder, SendMood mood) external {
        moodOf[holder] = mood;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        SendMood mood = moodOf[msg.sender];
        if (mood <= SendMood.REENTRANT) {
            if (mood == SendMood.REENTRANT) _reenter(to);
            balanceOf[msg.sender] -= amount;
            balanceOf[to] += mood == SendMood.TAKES_FEE ? amount - amount / 100 : amount;
            if (mood == SendMood.SILENT) _return(0, 0);
            return true;
        }
        if (mood == SendMood.REVERTS) revert("no");
        if (mood == SendMood.BURNS_GAS) while (true) {}
        if (mood == SendMood.BOMB) _bomb();
        if (mood == SendMood.RETURNS_TWO) _return(2, 32);
        if (mood == SendMood.RETURNS_SHORT) _return(1 << 248, 1);
        return false;
    }

    /// @dev Whoever sweeps is the factory, which asked the forwarder that calls here.
    function _reenter(address) private {
        DepositFactory factory = DepositFactory(reenters);
        bytes32[] memory salts = new bytes32[](1);
        (bool ok,) = address(factory).call(abi.encodeCall(DepositFactory.sweep, (address(this), salts)));
        require(!ok, "swept within a sweep");
    }

    address public reenters;

    function setReenters(address factory) external {
        reenters = factory;
    }

    function _return(uint256 word, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(0, word)
            return(0, length)
        }
    }

    function _bomb() private pure {
        assembly ("memory-safe") {
            revert(0, 50000)
        }
    }
}
