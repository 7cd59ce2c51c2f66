// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

/// @title TestUsdCoin
/// @notice A dollar token for development and tests that behaves, fails and costs gas like USDC behind its proxy.
/// @dev As Circle's FiatTokenV2_2 (github.com/circlefin/stablecoin-evm, `balanceAndBlacklistStates`), an account's
/// frozen state is the highest bit of the word that holds its balance, so checking it reads no further slot; also as
/// there, an allowance is always spent, even the greatest one, and a transfer checks spender, sender and recipient.
/// Errors are ERC-6093's where it has one.
contract TestUsdCoin is IERC20Metadata, IERC20Errors, Ownable, Pausable {
    uint256 private constant FROZEN_BIT = 1 << 255;

    string public name;
    string public symbol;
    uint8 public immutable decimals;

    /// @notice In the smallest unit.
    uint256 public totalSupply;

    /// @dev A struct of one word each, so that a function can hold on to the slot and hash its key only once.
    struct Account {
        uint256 balanceAndFrozenBit;
    }

    struct Allowance {
        uint256 amount;
    }

    mapping(address account => Account) private _accounts;
    mapping(address holder => mapping(address spender => Allowance)) private _allowances;

    event Frozen(address indexed account);
    event Unfrozen(address indexed account);

    /// @notice The account may not send, receive or spend.
    error AccountFrozen(address account);
    /// @notice The supply, and with it perhaps a balance, would reach 2^255 and run into the frozen bit.
    error SupplyOverflow(uint256 supply);

    constructor(string memory name_, string memory symbol_, uint8 decimals_, address owner_) Ownable(owner_) {
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
    }

    /// @notice In the smallest unit.
    function balanceOf(address account) public view returns (uint256) {
        return _accounts[account].balanceAndFrozenBit & ~FROZEN_BIT;
    }

    /// @notice In the smallest unit.
    function allowance(address holder, address spender) external view returns (uint256) {
        return _allowances[holder][spender].amount;
    }

    function isFrozen(address account) external view returns (bool) {
        return _isFrozen(_accounts[account].balanceAndFrozenBit);
    }

    function transfer(address to, uint256 amount) external whenNotPaused returns (bool) {
        _debit(msg.sender, amount);
        _credit(to, amount);
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    /// @dev `_debit` and `_credit` written out: a batch runs this once per item, and a jump costs gas too.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        if (paused()) revert EnforcedPause();
        if (_isFrozen(_accounts[msg.sender].balanceAndFrozenBit)) revert AccountFrozen(msg.sender);
        Allowance storage allowed = _allowances[from][msg.sender];
        uint256 left = allowed.amount;
        if (left < amount) revert ERC20InsufficientAllowance(msg.sender, left, amount);
        Account storage account = _accounts[from];
        uint256 balance = account.balanceAndFrozenBit;
        if (_isFrozen(balance)) revert AccountFrozen(from);
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        unchecked {
            allowed.amount = left - amount; // just checked
            account.balanceAndFrozenBit = balance - amount; // just checked
        }
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        account = _accounts[to];
        balance = account.balanceAndFrozenBit;
        if (_isFrozen(balance)) revert AccountFrozen(to);
        unchecked {
            account.balanceAndFrozenBit = balance + amount; // part of the supply, which stays below the frozen bit
        }
        emit Transfer(from, to, amount);
        return true;
    }

    function approve(address spender, uint256 amount) external whenNotPaused returns (bool) {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _requireNotFrozen(msg.sender);
        _requireNotFrozen(spender);
        _allowances[msg.sender][spender].amount = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function mint(address to, uint256 amount) external onlyOwner whenNotPaused {
        uint256 supply = totalSupply + amount;
        if (supply >= FROZEN_BIT) revert SupplyOverflow(supply);
        totalSupply = supply;
        _credit(to, amount);
        emit Transfer(address(0), to, amount);
    }

    /// @notice Destroys the caller's own tokens.
    function burn(uint256 amount) external whenNotPaused {
        _debit(msg.sender, amount);
        unchecked {
            totalSupply -= amount; // every balance is part of it
        }
        emit Transfer(msg.sender, address(0), amount);
    }

    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    function freeze(address account) external onlyOwner {
        _accounts[account].balanceAndFrozenBit |= FROZEN_BIT;
        emit Frozen(account);
    }

    function unfreeze(address account) external onlyOwner {
        _accounts[account].balanceAndFrozenBit &= ~FROZEN_BIT;
        emit Unfrozen(account);
    }

    function _debit(address from, uint256 amount) private {
        Account storage account = _accounts[from];
        uint256 balance = account.balanceAndFrozenBit;
        if (_isFrozen(balance)) revert AccountFrozen(from);
        if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
        unchecked {
            account.balanceAndFrozenBit = balance - amount; // just checked
        }
    }

    function _credit(address to, uint256 amount) private {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        Account storage account = _accounts[to];
        uint256 balance = account.balanceAndFrozenBit;
        if (_isFrozen(balance)) revert AccountFrozen(to);
        unchecked {
            account.balanceAndFrozenBit = balance + amount; // part of the supply, which stays below the frozen bit
        }
    }

    function _requireNotFrozen(address account) private view {
        if (_isFrozen(_accounts[account].balanceAndFrozenBit)) revert AccountFrozen(account);
    }

    function _isFrozen(uint256 balanceAndFrozenBit) private pure returns (bool) {
        return balanceAndFrozenBit & FROZEN_BIT != 0;
    }
}
