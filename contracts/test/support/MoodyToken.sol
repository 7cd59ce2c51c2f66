// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchPayout} from "../../src/BatchPayout.sol";

/// @notice How a token behaves when it is told to pay a certain recipient.
enum Mood {
    HONEST, // pays, returns true
    SILENT, // pays, returns nothing, as USDT does
    VERBOSE, // pays, returns true and 100,000 bytes more
    EXACTING, // pays, but only if it got (nearly) the full gas it was promised: an honest recipient at its worst
    REENTRANT, // tries to run a batch in the middle of this one, then pays
    REVERTS,
    REVERTS_LOUDLY, // with 50,000 bytes of reason
    BURNS_GAS, // uses up what it gets
    INVALID, // invalid opcode: uses up what it gets at once
    RETURNS_FALSE, // does not pay
    RETURNS_TWO, // does not pay, returns a word that is neither true nor false
    RETURNS_SHORT, // does not pay, returns 31 zero bytes: after a `true` in the same place, that leaves `true`
    RETURNS_ONE_BYTE // does not pay, returns the byte 01
}

/// @notice An ERC-20 token that treats each recipient as it was told to.
contract MoodyToken {
    uint256 private constant BOMB_BYTES = 100_000;
    uint256 private constant LOUD_BYTES = 50_000;

    BatchPayout private immutable _payout;
    /// @notice EXACTING demands at least this much gas.
    uint256 public gasDemanded;

    mapping(address account => uint256 amount) public balanceOf;
    mapping(address holder => mapping(address spender => uint256 amount)) public allowance;
    mapping(address recipient => Mood mood) public moodOf;

    constructor(BatchPayout payout) {
        _payout = payout;
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function setMood(address recipient, Mood mood) external {
        moodOf[recipient] = mood;
    }

    function setGasDemanded(uint256 gasDemanded_) external {
        gasDemanded = gasDemanded_;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 gasGiven = gasleft();
        Mood mood = moodOf[to];
        if (mood <= Mood.REENTRANT) {
            if (mood == Mood.EXACTING) require(gasGiven >= gasDemanded, "less gas than promised");
            if (mood == Mood.REENTRANT) _reenter(to);
            balanceOf[from] -= amount;
            balanceOf[to] += amount;
            allowance[from][msg.sender] -= amount;
            if (mood == Mood.SILENT) _return(0, 0);
            if (mood == Mood.VERBOSE) _return(1, BOMB_BYTES);
            return true;
        }
        if (mood == Mood.REVERTS) revert("no");
        if (mood == Mood.REVERTS_LOUDLY) _revertLoudly();
        if (mood == Mood.BURNS_GAS) while (true) {}
        if (mood == Mood.INVALID) _invalid();
        if (mood == Mood.RETURNS_TWO) _return(2, 32);
        if (mood == Mood.RETURNS_SHORT) _return(0, 31);
        if (mood == Mood.RETURNS_ONE_BYTE) _return(1 << 248, 1);
        return false;
    }

    function _reenter(address to) private {
        bytes memory items = abi.encodePacked(bytes16("inner"), to, uint128(0));
        (bool ok,) = address(_payout).call(abi.encodeCall(BatchPayout.pay, ("inner", address(0), 0, items)));
        require(!ok, "ran a batch within a batch");
    }

    function _return(uint256 word, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(0, word)
            return(0, length)
        }
    }

    function _revertLoudly() private pure {
        assembly ("memory-safe") {
            revert(0, LOUD_BYTES)
        }
    }

    function _invalid() private pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
