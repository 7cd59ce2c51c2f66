// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title TokenProbe
/// @notice Pays once with a token and says what moved. Never deployed: `eth_call` runs its code in the place of an
/// account (state override), so that nothing of it happens on chain.
/// @dev The account approves itself and is its own spender: the token takes the way of `transferFrom`, as in a payout.
contract TokenProbe {
    /// @param held What the account holds before, in the token's smallest unit.
    /// @param succeeded Whether `transferFrom` ended normally.
    /// @param answer The first 32 bytes of what it returned, and `answerBytes` how many there were.
    /// @param taken What the account has less afterwards. Zero when it has more.
    /// @param received What the recipient has more afterwards. Zero when it has less.
    /// @param gasUsed By `transferFrom` alone, to an address that the token may see for the first time.
    struct Finding {
        uint256 held;
        bool succeeded;
        bytes32 answer;
        uint256 answerBytes;
        uint256 taken;
        uint256 received;
        uint256 gasUsed;
    }

    /// @param token A contract with `balanceOf`; without it the whole call reverts.
    /// @param recipient Another account than this one.
    /// @param amount In the token's smallest unit.
    function probe(address token, address recipient, uint256 amount) external returns (Finding memory found) {
        found.held = IERC20(token).balanceOf(address(this));
        uint256 before = IERC20(token).balanceOf(recipient);
        // Tokens that return nothing are no error, and one that refuses shows in what follows.
        (bool approved,) = token.call(abi.encodeCall(IERC20.approve, (address(this), amount)));
        approved;
        bytes memory call = abi.encodeCall(IERC20.transferFrom, (address(this), recipient, amount));
        uint256 gasBefore = gasleft();
        bytes memory returned;
        (found.succeeded, returned) = token.call(call);
        found.gasUsed = gasBefore - gasleft();
        found.answerBytes = returned.length;
        if (returned.length >= 32) found.answer = bytes32(returned);
        uint256 left = IERC20(token).balanceOf(address(this));
        uint256 has = IERC20(token).balanceOf(recipient);
        found.taken = left < found.held ? found.held - left : 0;
        found.received = has > before ? has - before : 0;
    }
}
