// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Answers as the Chainalysis sanctions oracle does. For tests: whoever calls may list an address.
contract TestSanctionsOracle {
    mapping(address => bool) private _listed;

    function addToSanctionsList(address[] calldata addresses) external {
        for (uint256 i = 0; i < addresses.length; i++) _listed[addresses[i]] = true;
    }

    function isSanctioned(address addr) external view returns (bool) {
        return _listed[addr];
    }
}
