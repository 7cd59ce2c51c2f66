// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What is odd about a token.
enum Oddity {
    NONE,
    FEE_FROM_RECIPIENT, // one percent of what is sent does not arrive
    FEE_FROM_SENDER, // one percent on top is taken
    SHARES, // balances are shares times an index that grows, rounded down
    RETURNS_NOTHING, // pays
    RETURNS_FALSE, // does not pay
    PAUSED // reverts
}

/// @notice For tests only: an ERC-20 token with one oddity, that anybody can mint.
contract TestOddToken {
    uint256 private constant ONE = 1e18;

    string public symbol;
    uint8 public immutable decimals;
    Oddity public immutable oddity;
    /// @notice What a share is worth, in 1e-18 of the smallest unit. Only SHARES has another one than 1.
    uint256 public immutable index;

    mapping(address account => uint256 amount) private _shares;
    mapping(address holder => mapping(address spender => uint256 amount)) public allowance;

    constructor(string memory symbol_, uint8 decimals_, Oddity oddity_) {
        symbol = symbol_;
        decimals = decimals_;
        oddity = oddity_;
        index = oddity_ == Oddity.SHARES ? 1_234_567_890_123_456_789 : ONE;
    }

    function balanceOf(address account) public view returns (uint256) {
        return (_shares[account] * index) / ONE;
    }

    /// @notice Only SHARES is meant to be asked for it; its name is that of the best known token of this kind.
    function sharesOf(address account) external view returns (uint256) {
        return _shares[account];
    }

    function mint(address to, uint256 amount) external {
        _shares[to] += (amount * ONE) / index;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        require(oddity != Oddity.PAUSED, "paused");
        if (oddity == Oddity.RETURNS_FALSE) return false;
        allowance[from][msg.sender] -= amount;
        uint256 shares = (amount * ONE) / index;
        _shares[from] -= oddity == Oddity.FEE_FROM_SENDER ? shares + shares / 100 : shares;
        _shares[to] += oddity == Oddity.FEE_FROM_RECIPIENT ? shares - shares / 100 : shares;
        if (oddity == Oddity.RETURNS_NOTHING) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return true;
    }
}
