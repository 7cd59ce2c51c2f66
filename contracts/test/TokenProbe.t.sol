// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Oddity, TestOddToken} from "../src/testing/TestOddToken.sol";
import {TokenProbe} from "../src/TokenProbe.sol";
import {Vm} from "./support/Vm.sol";

contract TokenProbeTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address private constant RECIPIENT = address(0xb0b);
    uint256 private constant AMOUNT = 1_000_000;

    TokenProbe private account = new TokenProbe();

    function found(Oddity oddity) private returns (TokenProbe.Finding memory) {
        TestOddToken token = new TestOddToken("ODD", 6, oddity);
        token.mint(address(account), 2 * AMOUNT);
        return account.probe(address(token), RECIPIENT, AMOUNT);
    }

    function test_a_plain_token_moves_what_is_asked() external {
        TokenProbe.Finding memory finding = found(Oddity.NONE);
        vm.assertEq(finding.held, 2 * AMOUNT);
        vm.assertTrue(finding.succeeded, "pays");
        vm.assertEq(uint256(finding.answer), 1);
        vm.assertEq(finding.answerBytes, 32);
        vm.assertEq(finding.taken, AMOUNT);
        vm.assertEq(finding.received, AMOUNT);
        vm.assertTrue(finding.gasUsed > 20_000, "gas"); // a slot that was zero
    }

    function test_fees_show_on_the_side_that_pays_them() external {
        vm.assertEq(found(Oddity.FEE_FROM_RECIPIENT).received, AMOUNT - AMOUNT / 100);
        vm.assertEq(found(Oddity.FEE_FROM_SENDER).taken, AMOUNT + AMOUNT / 100);
    }

    function test_a_token_that_returns_nothing_has_paid() external {
        TokenProbe.Finding memory finding = found(Oddity.RETURNS_NOTHING);
        vm.assertEq(finding.answerBytes, 0);
        vm.assertEq(finding.received, AMOUNT);
    }

    function test_a_refusal_is_a_finding_not_a_revert() external {
        vm.assertEq(found(Oddity.RETURNS_FALSE).received, 0);
        vm.assertEq(uint256(found(Oddity.RETURNS_FALSE).answer), 0);
        vm.assertTrue(!found(Oddity.PAUSED).succeeded, "paused");
    }

    function test_shares_are_rounded() external {
        TokenProbe.Finding memory finding = found(Oddity.SHARES);
        vm.assertTrue(finding.succeeded, "pays");
        vm.assertTrue(finding.received != AMOUNT || finding.taken != AMOUNT, "rounded");
    }
}
