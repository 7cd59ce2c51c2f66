// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {DepositForwarder, IForwarderMaker} from "./DepositForwarder.sol";

/// @title DepositFactory
/// @notice Gives every salt an address that can be paid, and brings what arrives there to one treasury.
/// @dev Anyone may call `sweep`: money only moves to the treasury, which is fixed when the factory is made. So no address
/// has a key, none needs gas money, and many are swept in one transaction. One address's trouble stays its own.
/// Every movement is in this contract's log, whoever asked for it: the books follow the log.
contract DepositFactory is IForwarderMaker, ReentrancyGuardTransient {
    /// @dev What one forwarder's transfer may use: several times what a token behind a proxy does.
    uint256 private constant FLUSH_GAS_MAX = 300_000;

    bytes32 private constant FORWARDER_CODE_HASH = keccak256(type(DepositForwarder).creationCode);

    /// @inheritdoc IForwarderMaker
    address payable public immutable TREASURY;

    /// @notice From now on the forwarder logs what it receives of the native coin.
    event ForwarderCreated(address indexed forwarder, bytes32 indexed salt);
    /// @notice `amount` of the token (zero address: native coin) went from the forwarder to the treasury. Of a token it is
    /// what the treasury has more, so a fee of the token is not in it.
    event Swept(address indexed forwarder, address indexed token, uint256 amount);
    /// @notice The token or the treasury refused; everything of this forwarder is where it was.
    event NotSwept(address indexed forwarder, address indexed token);

    /// @notice The treasury cannot be the zero address.
    error NoTreasury();
    /// @notice There is no contract at the token's address.
    error TokenWithoutCode(address token);

    constructor(address payable treasury) {
        if (treasury == address(0)) revert NoTreasury();
        TREASURY = treasury;
    }

    /// @notice Where the forwarder of a salt stands, or will stand.
    function addressOf(bytes32 salt) public view returns (address) {
        return
            address(
                uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, FORWARDER_CODE_HASH))))
            );
    }

    /// @notice Sends all that the forwarders of these salts hold of a token to the treasury, and makes the forwarders that
    /// are not there yet. Doing it again changes nothing.
    /// @param token An ERC-20 token, or the zero address for the native coin.
    function sweep(address token, bytes32[] calldata salts) external nonReentrant {
        if (token != address(0) && token.code.length == 0) revert TokenWithoutCode(token);
        for (uint256 i = 0; i < salts.length; ++i) {
            address forwarder = addressOf(salts[i]);
            if (forwarder.code.length == 0) {
                new DepositForwarder{salt: salts[i]}();
                emit ForwarderCreated(forwarder, salts[i]);
            }
            uint256 held = token == address(0) ? forwarder.balance : IERC20(token).balanceOf(forwarder);
            if (held != 0) _flush(DepositForwarder(payable(forwarder)), token, held);
        }
    }

    function _flush(DepositForwarder forwarder, address token, uint256 held) private {
        uint256 before = token == address(0) ? 0 : IERC20(token).balanceOf(TREASURY);
        try forwarder.flush{gas: FLUSH_GAS_MAX}(token, held) {
            emit Swept(address(forwarder), token, token == address(0) ? held : _gain(token, before));
        } catch {
            emit NotSwept(address(forwarder), token);
        }
    }

    function _gain(address token, uint256 before) private view returns (uint256) {
        uint256 now_ = IERC20(token).balanceOf(TREASURY);
        return now_ > before ? now_ - before : 0;
    }
}
