"""Operators' calls, one method each, as `docs/openapi.json` says them. Generated; run `npm run generate`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

from . import types as t
from .resource import Resource, pages
from .transport import Query, new_key


def _quoted(part: str) -> str:
    return quote(part, safe="")


class OperatorCalls(Resource):
    """Named after the operations of the API: ``listDeadLetters`` is ``list_dead_letters``."""

    def get_overview(
        self,
    ) -> t.Overview:
        """See whether money moves."""
        path = "/v1/admin/overview"
        return self._get(path, t.Overview)

    def list_ledger_accounts(
        self,
        *,
        kind: Literal["CUSTOMER", "HOUSE", "HOT_WALLET", "GAS", "FEE", "DEPOSIT_WALLET", "SUSPENSE", "TREASURY"] | None = None,
        chain: str | None = None,
        asset: str | None = None,
        organisation_id: str | None = None,
        at: str | None = None,
    ) -> Iterator[t.LedgerAccount]:
        """List accounts of the ledger."""
        path = "/v1/admin/ledger/accounts"
        query: Query = {"kind": kind, "chain": chain, "asset": asset, "organisationId": organisation_id, "at": at}
        return pages(lambda page: self._get(path, t.LedgerAccountPage, {**query, **page}))

    def get_ledger_account(
        self,
        id: str,
        *,
        at: str | None = None,
    ) -> t.LedgerAccount:
        """Read an account of the ledger."""
        path = f"/v1/admin/ledger/accounts/{_quoted(id)}"
        query: Query = {"at": at}
        return self._get(path, t.LedgerAccount, query)

    def list_ledger_postings(
        self,
        id: str,
        *,
        at: str | None = None,
    ) -> Iterator[t.LedgerPosting]:
        """List the rows of an account."""
        path = f"/v1/admin/ledger/accounts/{_quoted(id)}/postings"
        query: Query = {"at": at}
        return pages(lambda page: self._get(path, t.LedgerPostingPage, {**query, **page}))

    def get_reconciliation(
        self,
    ) -> t.Reconciliation:
        """See whether the books fit."""
        path = "/v1/admin/reconciliation"
        return self._get(path, t.Reconciliation)

    def sign_off_day(
        self,
        input: t.SignOffRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.SignOff:
        """Sign off a day."""
        path = "/v1/admin/reconciliation/sign-offs"
        return self._post(path, input, t.SignOff, idempotency_key or new_key())

    def list_alarms(
        self,
        *,
        state: Literal["OPEN", "CLOSED"] | None = None,
    ) -> Iterator[t.Alarm]:
        """List alarms."""
        path = "/v1/admin/alarms"
        query: Query = {"state": state}
        return pages(lambda page: self._get(path, t.AlarmPage, {**query, **page}))

    def acknowledge_alarm(
        self,
        id: str,
        input: t.ReasonRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Alarm:
        """Look after an alarm."""
        path = f"/v1/admin/alarms/{_quoted(id)}/acknowledge"
        return self._post(path, input, t.Alarm, idempotency_key or new_key())

    def snooze_alarm(
        self,
        id: str,
        input: t.SnoozeRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Alarm:
        """Be quiet about an alarm for a while."""
        path = f"/v1/admin/alarms/{_quoted(id)}/snooze"
        return self._post(path, input, t.Alarm, idempotency_key or new_key())

    def create_credit(
        self,
        input: t.CreateCreditRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Credit:
        """Credit a balance."""
        path = "/v1/admin/credits"
        return self._post(path, input, t.Credit, idempotency_key or new_key())

    def list_settings(
        self,
        *,
        scope: Literal["installation", "chain", "asset"] | None = None,
        target: str | None = None,
    ) -> t.SettingList:
        """List settings."""
        path = "/v1/admin/settings"
        query: Query = {"scope": scope, "target": target}
        return self._get(path, t.SettingList, query)

    def get_setting(
        self,
        key: str,
        *,
        target: str | None = None,
    ) -> t.SettingWithHistory:
        """Get a setting with its history."""
        path = f"/v1/admin/settings/{_quoted(key)}"
        query: Query = {"target": target}
        return self._get(path, t.SettingWithHistory, query)

    def change_setting(
        self,
        key: str,
        input: t.ChangeSettingRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.SettingVersion:
        """Change a setting."""
        path = f"/v1/admin/settings/{_quoted(key)}"
        return self._post(path, input, t.SettingVersion, idempotency_key or new_key())

    def revert_setting(
        self,
        key: str,
        input: t.RevertSettingRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.SettingVersion:
        """Go back to an earlier value."""
        path = f"/v1/admin/settings/{_quoted(key)}/revert"
        return self._post(path, input, t.SettingVersion, idempotency_key or new_key())

    def list_operated_chains(
        self,
    ) -> t.OperatedChainList:
        """List chains as their operator."""
        path = "/v1/admin/chains"
        return self._get(path, t.OperatedChainList)

    def enable_chain(
        self,
        chain: str,
        input: t.EnableRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatedChain:
        """Accept withdrawals of a chain again."""
        path = f"/v1/admin/chains/{_quoted(chain)}/enable"
        return self._post(path, input, t.OperatedChain, idempotency_key or new_key())

    def disable_chain(
        self,
        chain: str,
        input: t.EnableRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatedChain:
        """Accept no more withdrawals of a chain."""
        path = f"/v1/admin/chains/{_quoted(chain)}/disable"
        return self._post(path, input, t.OperatedChain, idempotency_key or new_key())

    def list_operated_assets(
        self,
    ) -> t.OperatedAssetList:
        """List assets as their operator."""
        path = "/v1/admin/assets"
        return self._get(path, t.OperatedAssetList)

    def add_asset(
        self,
        input: t.AddAssetRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatedAsset:
        """Add a token."""
        path = "/v1/admin/assets"
        return self._post(path, input, t.OperatedAsset, idempotency_key or new_key())

    def create_token_probe(
        self,
        input: t.CreateProbeRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.TokenProbe:
        """Ask what a token is."""
        path = "/v1/admin/assets/probes"
        return self._post(path, input, t.TokenProbe, idempotency_key or new_key())

    def get_token_probe(
        self,
        probe_id: str,
    ) -> t.TokenProbe:
        """Get what a token is."""
        path = f"/v1/admin/assets/probes/{_quoted(probe_id)}"
        return self._get(path, t.TokenProbe)

    def enable_asset(
        self,
        chain: str,
        asset: str,
        input: t.EnableRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatedAsset:
        """Accept withdrawals of an asset again."""
        path = f"/v1/admin/assets/{_quoted(chain)}/{_quoted(asset)}/enable"
        return self._post(path, input, t.OperatedAsset, idempotency_key or new_key())

    def disable_asset(
        self,
        chain: str,
        asset: str,
        input: t.EnableRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatedAsset:
        """Accept no more withdrawals of an asset."""
        path = f"/v1/admin/assets/{_quoted(chain)}/{_quoted(asset)}/disable"
        return self._post(path, input, t.OperatedAsset, idempotency_key or new_key())

    def limit_asset(
        self,
        chain: str,
        asset: str,
        input: t.AssetLimitRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatedAsset:
        """Set the smallest or largest withdrawal."""
        path = f"/v1/admin/assets/{_quoted(chain)}/{_quoted(asset)}/limits"
        return self._post(path, input, t.OperatedAsset, idempotency_key or new_key())

    def list_tiers(
        self,
    ) -> t.TierList:
        """List tiers."""
        path = "/v1/admin/tiers"
        return self._get(path, t.TierList)

    def set_tier(
        self,
        input: t.SetTierRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Tier:
        """Set a tier."""
        path = "/v1/admin/tiers"
        return self._post(path, input, t.Tier, idempotency_key or new_key())

    def assign_tier(
        self,
        input: t.AssignTierRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.AssignedTier:
        """Put an organisation into a tier."""
        path = "/v1/admin/tiers/assignments"
        return self._post(path, input, t.AssignedTier, idempotency_key or new_key())

    def list_policies(
        self,
        *,
        organisation_id: str | None = None,
        state: str | None = None,
    ) -> t.PolicyList:
        """List policy versions."""
        path = "/v1/admin/policies"
        query: Query = {"organisationId": organisation_id, "state": state}
        return self._get(path, t.PolicyList, query)

    def create_policy(
        self,
        input: t.CreatePolicyRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Policy:
        """Draft a policy."""
        path = "/v1/admin/policies"
        return self._post(path, input, t.Policy, idempotency_key or new_key())

    def get_policy(
        self,
        id: str,
    ) -> t.Policy:
        """Read a policy version."""
        path = f"/v1/admin/policies/{_quoted(id)}"
        return self._get(path, t.Policy)

    def dry_run_policy(
        self,
        id: str,
        *,
        days: int | None = None,
    ) -> t.PolicyDryRun:
        """Try a policy on past withdrawals."""
        path = f"/v1/admin/policies/{_quoted(id)}/dry-run"
        query: Query = {"days": days}
        return self._get(path, t.PolicyDryRun, query)

    def activate_policy(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
    ) -> t.Policy:
        """Activate a policy version."""
        path = f"/v1/admin/policies/{_quoted(id)}/activate"
        return self._post(path, None, t.Policy, idempotency_key or new_key())

    def retire_policy(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
    ) -> t.Policy:
        """Retire a policy version."""
        path = f"/v1/admin/policies/{_quoted(id)}/retire"
        return self._post(path, None, t.Policy, idempotency_key or new_key())

    def get_full_decision(
        self,
        id: str,
    ) -> t.FullDecision:
        """Read a decision with its reasons."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/decision"
        return self._get(path, t.FullDecision)

    def list_blocked_addresses(
        self,
        *,
        address: str | None = None,
    ) -> t.BlockedAddressList:
        """List blocked addresses."""
        path = "/v1/admin/block-list"
        query: Query = {"address": address}
        return self._get(path, t.BlockedAddressList, query)

    def block_address(
        self,
        input: t.BlockAddressRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.BlockedAddress:
        """Block an address."""
        path = "/v1/admin/block-list"
        return self._post(path, input, t.BlockedAddress, idempotency_key or new_key())

    def unblock_address(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
    ) -> t.UnblockedAddress:
        """Unblock an address."""
        path = f"/v1/admin/block-list/{_quoted(id)}/remove"
        return self._post(path, None, t.UnblockedAddress, idempotency_key or new_key())

    def list_saved_views(
        self,
        *,
        list: Literal["withdrawals"] | None = None,
    ) -> t.SavedViewList:
        """List saved views."""
        path = "/v1/admin/saved-views"
        query: Query = {"list": list}
        return self._get(path, t.SavedViewList, query)

    def save_view(
        self,
        input: t.SaveViewRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.SavedView:
        """Share a view."""
        path = "/v1/admin/saved-views"
        return self._post(path, input, t.SavedView, idempotency_key or new_key())

    def remove_view(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
    ) -> t.RemovedView:
        """Share a view no longer."""
        path = f"/v1/admin/saved-views/{_quoted(id)}/remove"
        return self._post(path, None, t.RemovedView, idempotency_key or new_key())

    def list_exchange_rates(
        self,
    ) -> t.ExchangeRatePairList:
        """List exchange rates."""
        path = "/v1/admin/exchange-rates"
        return self._get(path, t.ExchangeRatePairList)

    def set_exchange_rate(
        self,
        input: t.SetRateRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.ExchangeRatePair:
        """Give a rate."""
        path = "/v1/admin/exchange-rates"
        return self._post(path, input, t.ExchangeRatePair, idempotency_key or new_key())

    def set_exchange_rate_pair(
        self,
        input: t.SetPairRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.ExchangeRatePair:
        """Say where a rate comes from."""
        path = "/v1/admin/exchange-rates/pairs"
        return self._post(path, input, t.ExchangeRatePair, idempotency_key or new_key())

    def search(
        self,
        *,
        q: str | None = None,
    ) -> t.SearchHits:
        """Find anything."""
        path = "/v1/admin/search"
        query: Query = {"q": q}
        return self._get(path, t.SearchHits, query)

    def list_all_withdrawals(
        self,
        *,
        state: str | None = None,
        chain: str | None = None,
        asset: str | None = None,
        to: str | None = None,
        reference: str | None = None,
        priority: str | None = None,
        bulk_id: str | None = None,
        created_from: str | None = None,
        created_to: str | None = None,
        organisation_id: str | None = None,
        amount_min: str | None = None,
        amount_max: str | None = None,
        failure_code: str | None = None,
        sub_account: str | None = None,
        has_dead_letter: Literal["true", "false"] | None = None,
        q: str | None = None,
        order: Literal["newest", "oldest"] | None = None,
    ) -> Iterator[t.OperatedWithdrawal]:
        """List withdrawals of all organisations."""
        path = "/v1/admin/withdrawals"
        query: Query = {"state": state, "chain": chain, "asset": asset, "to": to, "reference": reference, "priority": priority, "bulkId": bulk_id, "createdFrom": created_from, "createdTo": created_to, "organisationId": organisation_id, "amountMin": amount_min, "amountMax": amount_max, "failureCode": failure_code, "subAccount": sub_account, "hasDeadLetter": has_dead_letter, "q": q, "order": order}
        return pages(lambda page: self._get(path, t.OperatedWithdrawalPage, {**query, **page}))

    def count_all_withdrawals(
        self,
        *,
        chain: str | None = None,
        asset: str | None = None,
        to: str | None = None,
        reference: str | None = None,
        priority: str | None = None,
        bulk_id: str | None = None,
        created_from: str | None = None,
        created_to: str | None = None,
        organisation_id: str | None = None,
        amount_min: str | None = None,
        amount_max: str | None = None,
        failure_code: str | None = None,
        sub_account: str | None = None,
        has_dead_letter: Literal["true", "false"] | None = None,
        q: str | None = None,
    ) -> t.WithdrawalCounts:
        """Count withdrawals by state."""
        path = "/v1/admin/withdrawals/counts"
        query: Query = {"chain": chain, "asset": asset, "to": to, "reference": reference, "priority": priority, "bulkId": bulk_id, "createdFrom": created_from, "createdTo": created_to, "organisationId": organisation_id, "amountMin": amount_min, "amountMax": amount_max, "failureCode": failure_code, "subAccount": sub_account, "hasDeadLetter": has_dead_letter, "q": q}
        return self._get(path, t.WithdrawalCounts, query)

    def get_withdrawal_detail(
        self,
        id: str,
    ) -> t.WithdrawalDetail:
        """Read the whole story of a withdrawal."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}"
        return self._get(path, t.WithdrawalDetail)

    def get_chain_tx(
        self,
        id: str,
    ) -> t.ChainTxDetail:
        """Read a chain transaction."""
        path = f"/v1/admin/chain-txs/{_quoted(id)}"
        return self._get(path, t.ChainTxDetail)

    def get_any_review(
        self,
        id: str,
    ) -> t.Review:
        """Read a review of any organisation."""
        path = f"/v1/admin/reviews/{_quoted(id)}"
        return self._get(path, t.Review)

    def list_all_reviews(
        self,
        *,
        state: str | None = None,
        confirmation: Literal["NONE", "DUE", "CONFIRMED", "OBJECTED"] | None = None,
        withdrawal_id: str | None = None,
    ) -> Iterator[t.Review]:
        """List reviews of all organisations."""
        path = "/v1/admin/reviews"
        query: Query = {"state": state, "confirmation": confirmation, "withdrawalId": withdrawal_id}
        return pages(lambda page: self._get(path, t.ReviewPage, {**query, **page}))

    def approve_withdrawal(
        self,
        id: str,
        input: t.ApproveRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Review:
        """Approve a withdrawal of any organisation."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/approve"
        return self._post(path, input, t.Review, idempotency_key or new_key())

    def reject_withdrawal(
        self,
        id: str,
        input: t.DenyRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Review:
        """Deny a withdrawal of any organisation."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/reject"
        return self._post(path, input, t.Review, idempotency_key or new_key())

    def list_all_deposits(
        self,
        *,
        state: Literal["DETECTED", "CREDITED", "UNCREDITED", "ORPHANED"] | None = None,
        chain: str | None = None,
        asset: str | None = None,
        address_id: str | None = None,
    ) -> Iterator[t.AdminDeposit]:
        """List deposits of all organisations."""
        path = "/v1/admin/deposits"
        query: Query = {"state": state, "chain": chain, "asset": asset, "addressId": address_id}
        return pages(lambda page: self._get(path, t.AdminDepositPage, {**query, **page}))

    def get_any_deposit(
        self,
        id: str,
    ) -> t.AdminDeposit:
        """Read a deposit of any organisation."""
        path = f"/v1/admin/deposits/{_quoted(id)}"
        return self._get(path, t.AdminDeposit)

    def credit_deposit(
        self,
        id: str,
        input: t.CreditDepositRequest,
    ) -> t.AdminDeposit:
        """Credit a deposit."""
        path = f"/v1/admin/deposits/{_quoted(id)}/credit"
        return self._post(path, input, t.AdminDeposit, None)

    def get_reserves(
        self,
    ) -> t.ReservesReport:
        """Read the newest report on reserves."""
        path = "/v1/admin/reserves"
        return self._get(path, t.ReservesReport)

    def list_withdrawal_fees(
        self,
    ) -> t.WithdrawalFeeList:
        """List fees."""
        path = "/v1/admin/withdrawal-fees"
        return self._get(path, t.WithdrawalFeeList)

    def change_withdrawal_fee(
        self,
        input: t.ChangeWithdrawalFeeRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.WithdrawalFee:
        """Change a fee."""
        path = "/v1/admin/withdrawal-fees"
        return self._post(path, input, t.WithdrawalFee, idempotency_key or new_key())

    def get_withdrawal_fee_history(
        self,
        chain: str,
        asset: str,
        *,
        organisation_id: str | None = None,
    ) -> t.WithdrawalFeeList:
        """Get the fees of an asset with their history."""
        path = f"/v1/admin/withdrawal-fees/{_quoted(chain)}/{_quoted(asset)}"
        query: Query = {"organisationId": organisation_id}
        return self._get(path, t.WithdrawalFeeList, query)

    def list_sub_accounts(
        self,
        *,
        chain: str | None = None,
    ) -> t.SubAccountList:
        """List sub-accounts."""
        path = "/v1/admin/sub-accounts"
        query: Query = {"chain": chain}
        return self._get(path, t.SubAccountList, query)

    def add_sub_account(
        self,
        input: t.AddSubAccountRequest,
    ) -> t.SubAccount:
        """Add a sub-account."""
        path = "/v1/admin/sub-accounts"
        return self._post(path, input, t.SubAccount, None)

    def change_sub_account(
        self,
        chain: str,
        address: str,
        input: t.ChangeSubAccountRequest,
    ) -> t.SubAccount:
        """Pause, resume, drain or retire a sub-account."""
        path = f"/v1/admin/sub-accounts/{_quoted(chain)}/{_quoted(address)}/changes"
        return self._post(path, input, t.SubAccount, None)

    def change_sub_account_role(
        self,
        chain: str,
        address: str,
        input: t.ChangeRoleRequest,
    ) -> t.SubAccount:
        """Give a sub-account another role."""
        path = f"/v1/admin/sub-accounts/{_quoted(chain)}/{_quoted(address)}/role"
        return self._post(path, input, t.SubAccount, None)

    def top_up_sub_account(
        self,
        chain: str,
        address: str,
        input: t.TopUpRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.AccountTransfer:
        """Top up a sub-account now."""
        path = f"/v1/admin/sub-accounts/{_quoted(chain)}/{_quoted(address)}/top-ups"
        return self._post(path, input, t.AccountTransfer, idempotency_key or new_key())

    def list_treasuries(
        self,
        *,
        chain: str | None = None,
    ) -> t.TreasuryList:
        """List treasuries."""
        path = "/v1/admin/treasuries"
        query: Query = {"chain": chain}
        return self._get(path, t.TreasuryList, query)

    def list_treasury_proposals(
        self,
        *,
        chain: str | None = None,
        state: Literal["OPEN", "EXECUTED", "SUPERSEDED", "CANCELED"] | None = None,
    ) -> Iterator[t.TreasuryProposal]:
        """List proposals of treasuries."""
        path = "/v1/admin/treasury-proposals"
        query: Query = {"chain": chain, "state": state}
        return pages(lambda page: self._get(path, t.TreasuryProposalPage, {**query, **page}))

    def propose_treasury_top_up(
        self,
        input: t.ProposeTopUpRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.TreasuryProposal:
        """Ask the owners of a treasury to pay an account of ours."""
        path = "/v1/admin/treasury-proposals"
        return self._post(path, input, t.TreasuryProposal, idempotency_key or new_key())

    def get_treasury_proposal(
        self,
        id: str,
    ) -> t.TreasuryProposal:
        """Read a proposal of a treasury."""
        path = f"/v1/admin/treasury-proposals/{_quoted(id)}"
        return self._get(path, t.TreasuryProposal)

    def reject_treasury_proposal(
        self,
        id: str,
        input: t.ProposalReasonRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.TreasuryProposal:
        """Make a proposal impossible."""
        path = f"/v1/admin/treasury-proposals/{_quoted(id)}/rejections"
        return self._post(path, input, t.TreasuryProposal, idempotency_key or new_key())

    def sign_treasury_proposal(
        self,
        id: str,
        input: t.OwnerSignatureRequest,
    ) -> t.TreasuryProposal:
        """Add an owner's signature."""
        path = f"/v1/admin/treasury-proposals/{_quoted(id)}/signatures"
        return self._post(path, input, t.TreasuryProposal, None)

    def cancel_treasury_proposal(
        self,
        id: str,
        input: t.ProposalReasonRequest,
    ) -> t.TreasuryProposal:
        """Take back a proposal that nobody has signed."""
        path = f"/v1/admin/treasury-proposals/{_quoted(id)}/cancel"
        return self._post(path, input, t.TreasuryProposal, None)

    def list_account_transfers(
        self,
        *,
        chain: str | None = None,
        open: Literal["true", "false"] | None = None,
    ) -> Iterator[t.AccountTransfer]:
        """List moves between sub-accounts."""
        path = "/v1/admin/account-transfers"
        query: Query = {"chain": chain, "open": open}
        return pages(lambda page: self._get(path, t.AccountTransferList, {**query, **page}))

    def list_account_thresholds(
        self,
        *,
        chain: str | None = None,
    ) -> t.AccountThresholdList:
        """List how much accounts should hold."""
        path = "/v1/admin/account-thresholds"
        query: Query = {"chain": chain}
        return self._get(path, t.AccountThresholdList, query)

    def set_account_threshold(
        self,
        input: t.SetThresholdRequest,
    ) -> t.AccountThresholdList:
        """Set how much accounts should hold."""
        path = "/v1/admin/account-thresholds"
        return self._post(path, input, t.AccountThresholdList, None)

    def remove_account_threshold(
        self,
        input: t.RemoveThresholdRequest,
    ) -> t.AccountThresholdList:
        """Take away what is set."""
        path = "/v1/admin/account-thresholds/remove"
        return self._post(path, input, t.AccountThresholdList, None)

    def read_account_forecast(
        self,
        *,
        chain: str | None = None,
    ) -> t.ReserveForecastList:
        """How long main and gas accounts last."""
        path = "/v1/admin/account-forecast"
        query: Query = {"chain": chain}
        return self._get(path, t.ReserveForecastList, query)

    def create_alert_channel(
        self,
        input: t.CreateAlertChannel,
        *,
        idempotency_key: str | None = None,
    ) -> t.CreatedAlertChannel:
        """Tell somebody of alarms."""
        path = "/v1/admin/alert-channels"
        return self._post(path, input, t.CreatedAlertChannel, idempotency_key or new_key())

    def list_alert_channels(
        self,
    ) -> t.AlertChannelList:
        """List who is told of alarms."""
        path = "/v1/admin/alert-channels"
        return self._get(path, t.AlertChannelList)

    def test_alert_channel(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
    ) -> t.AlertChannel:
        """Send a test."""
        path = f"/v1/admin/alert-channels/{_quoted(id)}/test"
        return self._post(path, None, t.AlertChannel, idempotency_key or new_key())

    def remove_alert_channel(
        self,
        id: str,
    ) -> t.AlertChannel:
        """Tell somebody no longer."""
        path = f"/v1/admin/alert-channels/{_quoted(id)}/remove"
        return self._post(path, None, t.AlertChannel, None)

    def retry_withdrawal(
        self,
        id: str,
        input: t.RetryRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Withdrawal:
        """Retry a withdrawal."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/retry"
        return self._post(path, input, t.Withdrawal, idempotency_key or new_key())

    def release_withdrawal(
        self,
        id: str,
        input: t.ReleaseRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Withdrawal:
        """Take a withdrawal back."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/release"
        return self._post(path, input, t.Withdrawal, idempotency_key or new_key())

    def bump_withdrawal(
        self,
        id: str,
        input: t.ReasonRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Withdrawal:
        """Ask for a higher fee."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/bump"
        return self._post(path, input, t.Withdrawal, idempotency_key or new_key())

    def note_withdrawal(
        self,
        id: str,
        input: t.NoteRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.OperatorNotes:
        """Note something with a withdrawal."""
        path = f"/v1/admin/withdrawals/{_quoted(id)}/note"
        return self._post(path, input, t.OperatorNotes, idempotency_key or new_key())

    def list_dead_letters(
        self,
        *,
        state: Literal["OPEN", "CLOSED"] | None = None,
        cause: str | None = None,
    ) -> Iterator[t.DeadLetter]:
        """List dead letters."""
        path = "/v1/admin/dead-letters"
        query: Query = {"state": state, "cause": cause}
        return pages(lambda page: self._get(path, t.DeadLetterPage, {**query, **page}))

    def get_dead_letter(
        self,
        id: str,
    ) -> t.DeadLetter:
        """Read a dead letter."""
        path = f"/v1/admin/dead-letters/{_quoted(id)}"
        return self._get(path, t.DeadLetter)

    def close_dead_letter(
        self,
        id: str,
        input: t.ReasonRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.DeadLetter:
        """Close a dead letter."""
        path = f"/v1/admin/dead-letters/{_quoted(id)}/close"
        return self._post(path, input, t.DeadLetter, idempotency_key or new_key())

    def note_dead_letter(
        self,
        id: str,
        input: t.NoteRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.DeadLetter:
        """Note something with a dead letter."""
        path = f"/v1/admin/dead-letters/{_quoted(id)}/note"
        return self._post(path, input, t.DeadLetter, idempotency_key or new_key())

    def list_reports(
        self,
        *,
        period: Literal["daily", "weekly", "monthly"] | None = None,
    ) -> Iterator[t.ReportHead]:
        """List reports."""
        path = "/v1/admin/reports"
        query: Query = {"period": period}
        return pages(lambda page: self._get(path, t.ReportPage, {**query, **page}))

    def get_report(
        self,
        period: str,
        date: str,
        *,
        version: int | None = None,
    ) -> t.Report:
        """Read a report."""
        path = f"/v1/admin/reports/{_quoted(period)}/{_quoted(date)}"
        query: Query = {"version": version}
        return self._get(path, t.Report, query)

    def rerun_report(
        self,
        period: str,
        date: str,
        input: t.RerunReportRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.Report:
        """Compute a report again."""
        path = f"/v1/admin/reports/{_quoted(period)}/{_quoted(date)}/rerun"
        return self._post(path, input, t.Report, idempotency_key or new_key())

    def create_export(
        self,
        input: t.CreateExportRequest,
        *,
        idempotency_key: str | None = None,
    ) -> t.ExportFile:
        """Have a list written into a file."""
        path = "/v1/admin/exports"
        return self._post(path, input, t.ExportFile, idempotency_key or new_key())

    def list_exports(
        self,
    ) -> t.ExportList:
        """List exports."""
        path = "/v1/admin/exports"
        return self._get(path, t.ExportList)

    def get_export(
        self,
        id: str,
    ) -> t.ExportFile:
        """Read an export."""
        path = f"/v1/admin/exports/{_quoted(id)}"
        return self._get(path, t.ExportFile)

    def get_queues(
        self,
    ) -> t.Queues:
        """Read the queues."""
        path = "/v1/admin/queues"
        return self._get(path, t.Queues)
