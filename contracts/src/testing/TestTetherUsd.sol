// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title TestTetherUsd
/// @notice A dollar token for development and tests with the two habits of USDT on Ethereum
/// (0xdAC17F958D2ee523a2206206994597C13D831ec7) that break naive callers: `transfer`, `transferFrom` and `approve`
/// return nothing, and an allowance can be changed only to or from zero.
/// @dev Not an `IERC20`, on purpose: that interface promises a bool. As in USDT, the greatest allowance is never spent.
contract TestTetherUsd is IERC20Errors, Ownable {
    string public constant name = "Test Tether USD";
    string public constant symbol = "USDT";
    uint8 public constant decimals = 6;

    /// @notice In the smallest unit.
    uint256 public totalSupply;

    /// @notice In the smallest unit.
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address holder => mapping(address spender => uint256 amount)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    /// @notice Set the allowance to zero before setting another.
    error AllowanceNotZero(address spender, uint256 allowance);

    constructor(address owner_) Ownable(owner_) {}

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
        if (allowed != type(uint256).max) {
            unchecked {
                allowance[from][msg.sender] = allowed - amount; // just checked
            }
        }
        _move(from, to, amount);
    }

    function approve(address spender, uint256 amount) external {
        uint256 allowed = allowance[msg.sender][spender];
        if (amount != 0 && allowed != 0) revert AllowanceNotZero(spender, allowed);
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
    }

    function mint(address to, uint256 amount) external onlyOwner {
        totalSupply += amount;
        unchecked {
            balanceOf[to] += amount; // part of the supply, which did not overflow
        }
        emit Transfer(address(0), to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        uint256 balance = balanceOf[from];
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        unchecked {
            balanceOf[from] = balance - amount; // just checked
            balanceOf[to] += amount; // part of the supply, which did not overflow
        }
        emit Transfer(from, to, amount);
    }
}
