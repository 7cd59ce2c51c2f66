// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchPayout} from "../../src/BatchPayout.sol";

contract RevertingRecipient {
    receive() external payable {
        revert("no");
    }
}

/// @notice Reverts with 50,000 bytes of reason.
contract ReturnBombRecipient {
    uint256 private constant BOMB_BYTES = 50_000;

    receive() external payable {
        assembly ("memory-safe") {
            revert(0, BOMB_BYTES)
        }
    }
}

contract GasBurningRecipient {
    receive() external payable {
        while (true) {}
    }
}

/// @notice Accepts only if it got (nearly) all the gas it was promised: an honest recipient at its worst.
contract ExactingRecipient {
    uint256 private immutable _gasDemanded;

    constructor(uint256 gasDemanded) {
        _gasDemanded = gasDemanded;
    }

    receive() external payable {
        require(gasleft() >= _gasDemanded, "less gas than promised");
    }
}

/// @notice Uses what it is paid to run a batch of its own in the middle of the payer's, and keeps the money either way.
contract ReentrantRecipient {
    BatchPayout private immutable _payout;
    bytes32 private immutable _batchId;

    bool public innerRan;
    bytes public innerError;

    constructor(BatchPayout payout, bytes32 batchId) {
        _payout = payout;
        _batchId = batchId;
    }

    receive() external payable {
        if (msg.sender != address(_payout)) return;
        bytes memory items = abi.encodePacked(bytes16("inner"), address(0xbeef), uint128(msg.value));
        bytes memory data = abi.encodeCall(BatchPayout.pay, (_batchId, address(0), 0, items));
        (innerRan, innerError) = address(_payout).call{value: msg.value}(data);
    }
}

/// @notice A payer that is a contract: pays in its own name, and refuses to take anything back when told so.
contract ContractPayer {
    bool public refusesRefund;

    function setRefusesRefund(bool refuses) external {
        refusesRefund = refuses;
    }

    function pay(BatchPayout payout, bytes32 batchId, bytes calldata items, uint256 valueWei) external {
        payout.pay{value: valueWei}(batchId, address(0), 100_000, items);
    }

    receive() external payable {
        require(!refusesRefund, "keep it");
    }
}
