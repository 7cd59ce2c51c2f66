"""What the API takes and gives, as `docs/openapi.json` says it. Generated; run `npm run generate`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, Union

AcceptInvitation = TypedDict(
    "AcceptInvitation",
    {
        "token": 'str',
        "name": 'str',
        "password": 'str',
    },
)

# Sign in with this e-mail and the password next.
AcceptedInvitation = TypedDict(
    "AcceptedInvitation",
    {
        "object": 'Literal["accepted_invitation"]',
        "email": 'str',
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
    },
)

# How much accounts should hold.
AccountThreshold = TypedDict(
    "AccountThreshold",
    {
        "chain": 'str',
        "asset": 'str',
        "purpose": 'Literal["BALANCE", "GAS"]',
        "role": 'Union[Literal["PAYOUT", "MAIN", "GAS"], None]',
        "address": 'Union[str, None]',
        "low": 'str',
        "target": 'str',
        "high": 'Union[str, None]',
        "updatedAt": 'str',
    },
)

AccountThresholdList = TypedDict(
    "AccountThresholdList",
    {
        "data": 'list[AccountThreshold]',
    },
)

AccountTransferFailure = TypedDict(
    "AccountTransferFailure",
    {
        "code": 'str',
        "message": 'str',
    },
)

# A move of money between two of our own accounts.
AccountTransfer = TypedDict(
    "AccountTransfer",
    {
        "object": 'Literal["account_transfer"]',
        "id": 'str',
        "chain": 'str',
        "asset": 'str',
        "from": 'str',
        "to": 'str',
        "amount": 'str',
        "purpose": 'Literal["TOP_UP", "SWEEP", "GAS", "DRAIN"]',
        "state": 'Literal["PENDING", "PLANNED", "CONFIRMED", "FAILED", "CANCELED"]',
        "reason": 'str',
        "hash": 'Union[str, None]',
        "failure": 'Union[AccountTransferFailure, None]',
        "createdAt": 'str',
        "endedAt": 'Union[str, None]',
    },
)

AccountTransferList = TypedDict(
    "AccountTransferList",
    {
        "data": 'list[AccountTransfer]',
        "nextCursor": 'Union[str, None]',
    },
)

# What a person did, as the audit log has it.
ActivityEntry = TypedDict(
    "ActivityEntry",
    {
        "position": 'str',
        "at": 'str',
        "action": 'str',
        "subject": 'str',
        "reason": 'Union[str, None]',
        "origin": 'Union[str, None]',
        "requestId": 'Union[str, None]',
        "before": 'Union[dict[str, Union[str, None]], None]',
        "after": 'Union[dict[str, Union[str, None]], None]',
    },
)

ActivityPage = TypedDict(
    "ActivityPage",
    {
        "data": 'list[ActivityEntry]',
        "nextCursor": 'Union[str, None]',
    },
)

AddAddressRequest = TypedDict(
    "AddAddressRequest",
    {
        "chain": 'str',
        "address": 'str',
        "label": 'str',
    },
)

AddAssetRequest = TypedDict(
    "AddAssetRequest",
    {
        "probeId": 'str',
        "code": NotRequired['Union[str, None]'],
        "minimum": NotRequired['Union[str, None]'],
        "acceptWarnings": NotRequired['bool'],
        "reason": 'str',
    },
)

AddSubAccountRequest = TypedDict(
    "AddSubAccountRequest",
    {
        "chain": 'str',
        "address": 'str',
        "role": NotRequired['Literal["PAYOUT", "MAIN", "GAS"]'],
        "reason": 'str',
    },
)

# An address that your organisation knows.
AddressBookEntry = TypedDict(
    "AddressBookEntry",
    {
        "id": 'str',
        "object": 'Literal["address_book_entry"]',
        "chain": 'str',
        "address": 'str',
        "label": 'str',
        "createdAt": 'str',
    },
)

AddressBookPage = TypedDict(
    "AddressBookPage",
    {
        "data": 'list[AddressBookEntry]',
        "nextCursor": 'Union[str, None]',
    },
)

# A deposit of any organisation, for operators.
AdminDeposit = TypedDict(
    "AdminDeposit",
    {
        "id": 'str',
        "object": 'Literal["deposit"]',
        "state": 'Literal["DETECTED", "CREDITED", "UNCREDITED", "ORPHANED"]',
        "chain": 'str',
        "asset": 'Union[str, None]',
        "token": 'Union[str, None]',
        "amount": 'str',
        "addressId": 'str',
        "address": 'str',
        "from": 'str',
        "transactionHash": 'str',
        "logIndex": 'int',
        "blockNumber": 'int',
        "depth": 'Union[int, None]',
        "requiredDepth": 'int',
        "uncreditedReason": 'Union[Literal["token_unknown", "asset_disabled", "below_minimum", "amount_too_large"], None]',
        "detectedAt": 'str',
        "creditedAt": 'Union[str, None]',
        "organisationId": 'str',
    },
)

AdminDepositPage = TypedDict(
    "AdminDepositPage",
    {
        "data": 'list[AdminDeposit]',
        "nextCursor": 'Union[str, None]',
    },
)

# Something that does not hold, found by a check.
Alarm = TypedDict(
    "Alarm",
    {
        "id": 'str',
        "object": 'Literal["alarm"]',
        "invariant": 'str',
        "subject": 'str',
        "detail": 'str',
        "severity": 'Literal["WARNING", "CRITICAL"]',
        "means": 'str',
        "action": 'str',
        "state": 'Literal["OPEN", "CLOSED"]',
        "openedAt": 'str',
        "lastSeenAt": 'str',
        "closedAt": 'Union[str, None]',
        "acknowledgedAt": 'Union[str, None]',
        "acknowledgedBy": 'Union[str, None]',
        "note": 'Union[str, None]',
        "snoozedUntil": 'Union[str, None]',
    },
)

# Alarms, newest first.
AlarmPage = TypedDict(
    "AlarmPage",
    {
        "data": 'list[Alarm]',
        "nextCursor": 'Union[str, None]',
    },
)

AlertChannelLastMessage = TypedDict(
    "AlertChannelLastMessage",
    {
        "state": 'Literal["pending", "sent", "given_up"]',
        "at": 'str',
        "attempts": 'int',
        "error": 'Union[str, None]',
    },
)

# Somebody who is told of alarms.
AlertChannel = TypedDict(
    "AlertChannel",
    {
        "object": 'Literal["alert_channel"]',
        "id": 'str',
        "name": 'str',
        "kind": 'Literal["webhook", "email"]',
        "targets": 'list[str]',
        "severity": 'Literal["warning", "critical"]',
        "createdAt": 'str',
        "lastMessage": 'Union[AlertChannelLastMessage, None]',
    },
)

AlertChannelList = TypedDict(
    "AlertChannelList",
    {
        "data": 'list[AlertChannel]',
    },
)

# What a program of your organisation calls with.
ApiKey = TypedDict(
    "ApiKey",
    {
        "object": 'Literal["api_key"]',
        "id": 'str',
        "name": 'str',
        "prefix": 'str',
        "network": 'Literal["test", "live"]',
        "scopes": 'list[str]',
        "holder": 'Union[str, None]',
        "ipAllowList": 'Union[list[str], None]',
        "createdAt": 'str',
        "expiresAt": 'Union[str, None]',
        "revokedAt": 'Union[str, None]',
    },
)

ApiKeyPage = TypedDict(
    "ApiKeyPage",
    {
        "data": 'list[ApiKey]',
        "nextCursor": 'Union[str, None]',
    },
)

ApproveRequest = TypedDict(
    "ApproveRequest",
    {
        "factsHash": 'str',
        "alone": NotRequired['bool'],
        "reason": NotRequired['Union[str, None]'],
    },
)

# What can be withdrawn on a chain.
Asset = TypedDict(
    "Asset",
    {
        "chain": 'str',
        "asset": 'str',
        "symbol": 'str',
        "address": 'Union[str, None]',
        "decimals": 'int',
        "minimum": 'str',
        "maximum": 'Union[str, None]',
        "enabled": 'bool',
    },
)

# The smallest or largest withdrawal of an asset.
AssetLimitRequest = TypedDict(
    "AssetLimitRequest",
    {
        "limit": 'Literal["minimum", "maximum"]',
        "amount": 'Union[str, None]',
        "reason": 'str',
    },
)

AssetList = TypedDict(
    "AssetList",
    {
        "data": 'list[Asset]',
    },
)

AssignTierRequest = TypedDict(
    "AssignTierRequest",
    {
        "organisationId": 'str',
        "code": 'Union[str, None]',
    },
)

AssignedTier = TypedDict(
    "AssignedTier",
    {
        "object": 'Literal["assigned_tier"]',
        "organisationId": 'str',
        "code": 'Union[str, None]',
    },
)

AuditEventActor = TypedDict(
    "AuditEventActor",
    {
        "id": 'str',
        "name": 'Union[str, None]',
        "holder": 'Union[str, None]',
    },
)

# What somebody changed or decided; kept as it is.
AuditEvent = TypedDict(
    "AuditEvent",
    {
        "id": 'str',
        "object": 'Literal["audit_event"]',
        "at": 'str',
        "actor": 'AuditEventActor',
        "action": 'str',
        "subject": 'str',
        "before": 'Union[dict[str, Union[str, None]], None]',
        "after": 'Union[dict[str, Union[str, None]], None]',
        "reason": 'Union[str, None]',
        "origin": 'Union[str, None]',
        "application": 'str',
        "requestId": 'Union[str, None]',
    },
)

# Newest first.
AuditPage = TypedDict(
    "AuditPage",
    {
        "data": 'list[AuditEvent]',
        "nextCursor": 'Union[str, None]',
    },
)

AuditStateLastSeal = TypedDict(
    "AuditStateLastSeal",
    {
        "number": 'str',
        "hash": 'str',
        "sealedAt": 'str',
    },
)

AuditStateUnsealedItem = TypedDict(
    "AuditStateUnsealedItem",
    {
        "stream": 'str',
        "oldestSeconds": 'Union[float, None]',
    },
)

AuditStateChecksItem = TypedDict(
    "AuditStateChecksItem",
    {
        "invariant": 'str',
        "openAlarms": 'int',
        "lastCheckAt": 'Union[str, None]',
        "lastOkAt": 'Union[str, None]',
    },
)

# Whether history is as it was sealed.
AuditState = TypedDict(
    "AuditState",
    {
        "object": 'Literal["audit_state"]',
        "lastSeal": 'Union[AuditStateLastSeal, None]',
        "unsealed": 'list[AuditStateUnsealedItem]',
        "checks": 'list[AuditStateChecksItem]',
        "verifications": 'list[AuditVerification]',
    },
)

AuditVerificationProblemsItem = TypedDict(
    "AuditVerificationProblemsItem",
    {
        "kind": 'str',
        "subject": 'str',
        "detail": 'str',
    },
)

# All seals and rows computed anew, on request.
AuditVerification = TypedDict(
    "AuditVerification",
    {
        "id": 'str',
        "object": 'Literal["audit_verification"]',
        "requestedBy": 'str',
        "requestedAt": 'str',
        "state": 'Literal["REQUESTED", "RUNNING", "DONE", "FAILED"]',
        "startedAt": 'Union[str, None]',
        "endedAt": 'Union[str, None]',
        "sealsDone": 'str',
        "sealsTotal": 'str',
        "rowsDone": 'str',
        "ok": 'Union[bool, None]',
        "head": 'Union[str, None]',
        "problems": 'list[AuditVerificationProblemsItem]',
        "error": 'Union[str, None]',
    },
)

# What the caller owns of one asset.
Balance = TypedDict(
    "Balance",
    {
        "chain": 'str',
        "asset": 'str',
        "available": 'str',
        "reserved": 'str',
    },
)

BalanceList = TypedDict(
    "BalanceList",
    {
        "data": 'list[Balance]',
    },
)

BlockAddressRequest = TypedDict(
    "BlockAddressRequest",
    {
        "chain": 'Union[str, None]',
        "address": 'str',
        "reason": 'str',
    },
)

# An address that nobody is paid at.
BlockedAddress = TypedDict(
    "BlockedAddress",
    {
        "id": 'str',
        "object": 'Literal["blocked_address"]',
        "chain": 'Union[str, None]',
        "address": 'str',
        "reason": 'str',
        "addedBy": 'str',
        "createdAt": 'str',
    },
)

BlockedAddressList = TypedDict(
    "BlockedAddressList",
    {
        "data": 'list[BlockedAddress]',
    },
)

BulkCompletedEventData = TypedDict(
    "BulkCompletedEventData",
    {
        "id": 'str',
        "object": 'Literal["bulk_withdrawal"]',
        "total": 'int',
        "counts": 'dict[str, int]',
        "createdAt": 'str',
        "completedAt": 'str',
        "sequence": 'int',
    },
)

# Every withdrawal of a file is at its end: `CONFIRMED`, `FAILED` or `CANCELED`.
BulkCompletedEvent = TypedDict(
    "BulkCompletedEvent",
    {
        "id": 'str',
        "type": 'Literal["bulk.completed"]',
        "timestamp": 'str',
        "data": 'BulkCompletedEventData',
    },
)

# Every row would be accepted now. Nothing was.
BulkDryRun = TypedDict(
    "BulkDryRun",
    {
        "object": 'Literal["bulk_dry_run"]',
        "dryRun": 'Literal[True]',
        "total": 'int',
    },
)

# A file that was not accepted (RFC 9457).
BulkProblem = TypedDict(
    "BulkProblem",
    {
        "type": 'str',
        "title": 'str',
        "status": 'int',
        "detail": 'str',
        "code": 'Literal["bulk_invalid"]',
        "retryable": 'bool',
        "requestId": 'str',
        "errors": 'list[BulkRowError]',
        "errorCount": 'int',
    },
)

BulkRowError = TypedDict(
    "BulkRowError",
    {
        "row": 'int',
        "field": 'str',
        "code": 'str',
        "message": 'str',
    },
)

# A file of withdrawals that was accepted as a whole.
BulkWithdrawal = TypedDict(
    "BulkWithdrawal",
    {
        "id": 'str',
        "object": 'Literal["bulk_withdrawal"]',
        "total": 'int',
        "counts": 'dict[str, int]',
        "createdAt": 'str',
    },
)

# Files, newest first.
BulkWithdrawalPage = TypedDict(
    "BulkWithdrawalPage",
    {
        "data": 'list[ListedBulkWithdrawal]',
        "nextCursor": 'Union[str, None]',
    },
)

# A chain that this key can reach.
Chain = TypedDict(
    "Chain",
    {
        "chain": 'str',
        "name": 'str',
        "evmChainId": 'int',
        "network": 'Literal["local", "test", "main"]',
        "nativeSymbol": 'str',
        "confirmations": 'int',
        "blockTimeMs": 'int',
        "explorerUrl": 'Union[str, None]',
        "enabled": 'bool',
    },
)

ChainList = TypedDict(
    "ChainList",
    {
        "data": 'list[Chain]',
    },
)

# One nonce of one sub-account, with every attempt ever signed.
ChainTx = TypedDict(
    "ChainTx",
    {
        "id": 'str',
        "object": 'Literal["chain_tx"]',
        "chain": 'str',
        "kind": 'str',
        "state": 'str',
        "subAccount": 'str',
        "subAccountState": 'str',
        "pauseReason": 'Union[str, None]',
        "nonce": 'int',
        "itemCount": 'int',
        "asset": 'str',
        "amount": 'str',
        "wanted": 'Union[Literal["BUMP", "CANCEL"], None]',
        "gasLimit": 'str',
        "gasUsed": 'Union[str, None]',
        "gasPriceWei": 'Union[str, None]',
        "failureCount": 'int',
        "lastError": 'Union[str, None]',
        "notBefore": 'str',
        "blockNumber": 'Union[int, None]',
        "minedAttempt": 'Union[int, None]',
        "createdAt": 'str',
        "broadcastedAt": 'Union[str, None]',
        "minedAt": 'Union[str, None]',
        "finalAt": 'Union[str, None]',
        "attempts": 'list[ChainTxAttempt]',
    },
)

# Signed bytes, and what nodes said to them.
ChainTxAttempt = TypedDict(
    "ChainTxAttempt",
    {
        "number": 'int',
        "purpose": 'Literal["PAY", "CANCEL"]',
        "hash": 'str',
        "explorerUrl": 'Union[str, None]',
        "feePerGasWeiMax": 'str',
        "tipPerGasWei": 'str',
        "sendCount": 'int',
        "lastSentAt": 'Union[str, None]',
        "lastOutcome": 'Union[str, None]',
        "createdAt": 'str',
    },
)

# A chain transaction with what it pays.
ChainTxDetail = TypedDict(
    "ChainTxDetail",
    {
        "id": 'str',
        "object": 'Literal["chain_tx"]',
        "chain": 'str',
        "kind": 'str',
        "state": 'str',
        "subAccount": 'str',
        "subAccountState": 'str',
        "pauseReason": 'Union[str, None]',
        "nonce": 'int',
        "itemCount": 'int',
        "asset": 'str',
        "amount": 'str',
        "wanted": 'Union[Literal["BUMP", "CANCEL"], None]',
        "gasLimit": 'str',
        "gasUsed": 'Union[str, None]',
        "gasPriceWei": 'Union[str, None]',
        "failureCount": 'int',
        "lastError": 'Union[str, None]',
        "notBefore": 'str',
        "blockNumber": 'Union[int, None]',
        "minedAttempt": 'Union[int, None]',
        "createdAt": 'str',
        "broadcastedAt": 'Union[str, None]',
        "minedAt": 'Union[str, None]',
        "finalAt": 'Union[str, None]',
        "attempts": 'list[ChainTxAttempt]',
        "items": 'list[ChainTxItem]',
        "deadLetters": 'list[DeadLetter]',
    },
)

ChainTxItem = TypedDict(
    "ChainTxItem",
    {
        "withdrawalId": 'str',
        "position": 'int',
        "state": 'WithdrawalState',
        "to": 'str',
        "amount": 'str',
        "outcome": 'Union[Literal["NOT_ATTEMPTED", "PAID", "REVERTED", "RETURNED_FALSE"], None]',
    },
)

ChangeRole = TypedDict(
    "ChangeRole",
    {
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
    },
)

ChangeRoleRequest = TypedDict(
    "ChangeRoleRequest",
    {
        "role": 'Literal["PAYOUT", "MAIN", "GAS"]',
        "reason": 'str',
    },
)

ChangeSettingRequest = TypedDict(
    "ChangeSettingRequest",
    {
        "target": 'str',
        "seenVersion": 'int',
        "acknowledge": NotRequired['bool'],
        "reason": 'str',
        "value": 'Union[str, None]',
    },
)

ChangeSubAccountRequest = TypedDict(
    "ChangeSubAccountRequest",
    {
        "change": 'Literal["pause", "resume", "drain", "retire"]',
        "reason": 'str',
    },
)

# What is left out stays as it is.
ChangeWebhookEndpointRequest = TypedDict(
    "ChangeWebhookEndpointRequest",
    {
        "url": NotRequired['str'],
        "events": NotRequired['list[str]'],
        "description": NotRequired['Union[str, None]'],
    },
)

ChangeWithdrawalFeeRequestTerms = TypedDict(
    "ChangeWithdrawalFeeRequestTerms",
    {
        "flat": NotRequired['str'],
        "basisPoints": NotRequired['int'],
        "gasPercent": NotRequired['int'],
        "minimum": NotRequired['str'],
        "maximum": NotRequired['Union[str, None]'],
    },
)

ChangeWithdrawalFeeRequest = TypedDict(
    "ChangeWithdrawalFeeRequest",
    {
        "chain": 'str',
        "asset": 'str',
        "organisationId": NotRequired['Union[str, None]'],
        "terms": 'Union[ChangeWithdrawalFeeRequestTerms, None]',
        "seenVersion": 'int',
        "reason": 'str',
    },
)

ConfirmRequest = TypedDict(
    "ConfirmRequest",
    {
        "factsHash": 'str',
        "reason": NotRequired['Union[str, None]'],
    },
)

CreateApiKey = TypedDict(
    "CreateApiKey",
    {
        "name": 'str',
        "scopes": 'list[Literal["withdrawals:read", "withdrawals:write", "approvals:read", "approvals:write", "deposits:read", "deposits:write", "webhooks:read", "webhooks:write", "address-book:write", "operations:read", "operations:write", "people:read", "people:write", "keys:read", "keys:write", "audit:read", "admin"]]',
        "ipAllowList": NotRequired['list[str]'],
        "expiresAt": NotRequired['str'],
    },
)

# A credit to the balance of an organisation.
CreateCreditRequest = TypedDict(
    "CreateCreditRequest",
    {
        "organisationId": 'str',
        "chain": 'str',
        "asset": 'str',
        "amount": 'str',
        "note": NotRequired['Union[str, None]'],
    },
)

# One more address to be paid at.
CreateDepositAddressRequest = TypedDict(
    "CreateDepositAddressRequest",
    {
        "chain": 'str',
        "label": NotRequired['Union[str, None]'],
        "coin": NotRequired['bool'],
    },
)

# As the list takes it, each value as a text. Nothing: all there are.
CreateExportRequestFilter = TypedDict(
    "CreateExportRequestFilter",
    {
        "state": NotRequired['Union[str, list[str]]'],
        "chain": NotRequired['str'],
        "asset": NotRequired['str'],
        "to": NotRequired['str'],
        "reference": NotRequired['str'],
        "priority": NotRequired['Priority'],
        "bulkId": NotRequired['str'],
        "createdFrom": NotRequired['str'],
        "createdTo": NotRequired['str'],
        "organisationId": NotRequired['str'],
        "amountMin": NotRequired['str'],
        "amountMax": NotRequired['str'],
        "failureCode": NotRequired['str'],
        "subAccount": NotRequired['str'],
        "hasDeadLetter": NotRequired['Literal["true", "false"]'],
        "q": NotRequired['str'],
    },
)

CreateExportRequest = TypedDict(
    "CreateExportRequest",
    {
        "kind": 'Literal["withdrawals"]',
        "filter": NotRequired['CreateExportRequestFilter'],
        "timeZone": NotRequired['str'],
    },
)

CreateInvitation = TypedDict(
    "CreateInvitation",
    {
        "email": 'str',
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
    },
)

# A draft: it governs nothing until it is activated.
CreatePolicyRequest = TypedDict(
    "CreatePolicyRequest",
    {
        "organisationId": 'Union[str, None]',
        "document": 'PolicyDocumentInput',
        "note": NotRequired['Union[str, None]'],
    },
)

# A token to be asked about.
CreateProbeRequest = TypedDict(
    "CreateProbeRequest",
    {
        "chain": 'str',
        "address": 'str',
        "holder": NotRequired['Union[str, None]'],
    },
)

# Where to send what.
CreateWebhookEndpointRequest = TypedDict(
    "CreateWebhookEndpointRequest",
    {
        "url": 'str',
        "events": 'list[str]',
        "description": NotRequired['Union[str, None]'],
    },
)

# What to pay, and to whom.
CreateWithdrawalRequest = TypedDict(
    "CreateWithdrawalRequest",
    {
        "chain": 'str',
        "asset": 'str',
        "to": 'str',
        "amount": 'str',
        "reference": NotRequired['Union[str, None]'],
        "priority": NotRequired['Priority'],
        "metadata": NotRequired['dict[str, str]'],
    },
)

CreatedAlertChannelLastMessage = TypedDict(
    "CreatedAlertChannelLastMessage",
    {
        "state": 'Literal["pending", "sent", "given_up"]',
        "at": 'str',
        "attempts": 'int',
        "error": 'Union[str, None]',
    },
)

CreatedAlertChannel = TypedDict(
    "CreatedAlertChannel",
    {
        "object": 'Literal["alert_channel"]',
        "id": 'str',
        "name": 'str',
        "kind": 'Literal["webhook", "email"]',
        "targets": 'list[str]',
        "severity": 'Literal["warning", "critical"]',
        "createdAt": 'str',
        "lastMessage": 'Union[CreatedAlertChannelLastMessage, None]',
        "secret": 'Union[str, None]',
    },
)

CreatedApiKey = TypedDict(
    "CreatedApiKey",
    {
        "object": 'Literal["api_key"]',
        "id": 'str',
        "name": 'str',
        "prefix": 'str',
        "network": 'Literal["test", "live"]',
        "scopes": 'list[str]',
        "holder": 'Union[str, None]',
        "ipAllowList": 'Union[list[str], None]',
        "createdAt": 'str',
        "expiresAt": 'Union[str, None]',
        "revokedAt": 'Union[str, None]',
        "token": 'Union[str, None]',
    },
)

CreatedInvitation = TypedDict(
    "CreatedInvitation",
    {
        "object": 'Literal["invitation"]',
        "id": 'str',
        "email": 'str',
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
        "state": 'Literal["waiting", "accepted", "revoked", "expired"]',
        "invitedBy": 'str',
        "createdAt": 'str',
        "expiresAt": 'str',
        "token": 'Union[str, None]',
    },
)

# A credit that was booked.
Credit = TypedDict(
    "Credit",
    {
        "object": 'Literal["credit"]',
        "transferId": 'str',
        "organisationId": 'str',
        "chain": 'str',
        "asset": 'str',
        "amount": 'str',
        "available": 'str',
    },
)

# Credits a deposit that was not credited by itself.
CreditDepositRequest = TypedDict(
    "CreditDepositRequest",
    {
        "reason": 'str',
    },
)

# Something that a person must look at.
DeadLetter = TypedDict(
    "DeadLetter",
    {
        "id": 'str',
        "object": 'Literal["dead_letter"]',
        "kind": 'Literal["WITHDRAWAL", "CHAIN_TX", "QUEUE", "REVIEW", "JOB"]',
        "subject": 'str',
        "cause": 'str',
        "class": 'Literal["RETRYABLE", "UNKNOWN", "OPERATOR", "FINAL"]',
        "means": 'str',
        "action": 'str',
        "detail": 'str',
        "chain": 'Union[str, None]',
        "asset": 'Union[str, None]',
        "amount": 'Union[str, None]',
        "state": 'Literal["OPEN", "CLOSED"]',
        "present": 'bool',
        "seenCount": 'int',
        "firstSeenAt": 'str',
        "lastSeenAt": 'str',
        "closedAt": 'Union[str, None]',
        "closedBy": 'Union[str, None]',
        "closeReason": 'Union[str, None]',
        "notes": 'list[OperatorNote]',
    },
)

# Dead letters, newest first.
DeadLetterPage = TypedDict(
    "DeadLetterPage",
    {
        "data": 'list[DeadLetter]',
        "nextCursor": 'Union[str, None]',
    },
)

# What the rules said of a withdrawal, as its owner sees it.
Decision = TypedDict(
    "Decision",
    {
        "object": 'Literal["decision"]',
        "withdrawalId": 'str',
        "verdict": 'Verdict',
        "approvalsRequired": 'int',
        "decidedAt": 'str',
    },
)

DecisionReason = TypedDict(
    "DecisionReason",
    {
        "code": 'str',
        "text": 'str',
        "points": 'Union[int, None]',
    },
)

DenyRequest = TypedDict(
    "DenyRequest",
    {
        "reason": 'str',
    },
)

# A payment to one of the caller’s deposit addresses.
Deposit = TypedDict(
    "Deposit",
    {
        "id": 'str',
        "object": 'Literal["deposit"]',
        "state": 'Literal["DETECTED", "CREDITED", "UNCREDITED", "ORPHANED"]',
        "chain": 'str',
        "asset": 'Union[str, None]',
        "token": 'Union[str, None]',
        "amount": 'str',
        "addressId": 'str',
        "address": 'str',
        "from": 'str',
        "transactionHash": 'str',
        "logIndex": 'int',
        "blockNumber": 'int',
        "depth": 'Union[int, None]',
        "requiredDepth": 'int',
        "uncreditedReason": 'Union[Literal["token_unknown", "asset_disabled", "below_minimum", "amount_too_large"], None]',
        "detectedAt": 'str',
        "creditedAt": 'Union[str, None]',
    },
)

# An address that the caller is paid at. It stays valid forever.
DepositAddress = TypedDict(
    "DepositAddress",
    {
        "id": 'str',
        "object": 'Literal["deposit_address"]',
        "chain": 'str',
        "address": 'str',
        "label": 'Union[str, None]',
        "coin": 'bool',
        "coinReady": 'bool',
        "createdAt": 'str',
    },
)

DepositAddressPage = TypedDict(
    "DepositAddressPage",
    {
        "data": 'list[DepositAddress]',
        "nextCursor": 'Union[str, None]',
    },
)

DepositPage = TypedDict(
    "DepositPage",
    {
        "data": 'list[Deposit]',
        "nextCursor": 'Union[str, None]',
    },
)

# A payment to one of your addresses was seen (`detected`), taken back by a reorganisation (`orphaned`), credited
# (`credited`, final), or is final and waits for an operator (`uncredited`).
DepositStateEvent = TypedDict(
    "DepositStateEvent",
    {
        "id": 'str',
        "type": 'Literal["deposit.detected", "deposit.credited", "deposit.uncredited", "deposit.orphaned"]',
        "timestamp": 'str',
        "data": 'DepositThen',
    },
)

# The deposit as it was at that moment.
DepositThen = TypedDict(
    "DepositThen",
    {
        "id": 'str',
        "object": 'Literal["deposit"]',
        "state": 'Literal["DETECTED", "CREDITED", "UNCREDITED", "ORPHANED"]',
        "chain": 'str',
        "asset": 'Union[str, None]',
        "token": 'Union[str, None]',
        "amount": 'str',
        "addressId": 'str',
        "address": 'str',
        "from": 'str',
        "transactionHash": 'str',
        "logIndex": 'int',
        "blockNumber": 'int',
        "depth": 'Union[int, None]',
        "requiredDepth": 'int',
        "uncreditedReason": 'Union[Literal["token_unknown", "asset_disabled", "below_minimum", "amount_too_large"], None]',
        "detectedAt": 'str',
        "creditedAt": 'Union[str, None]',
        "sequence": 'int',
    },
)

EnableRequest = TypedDict(
    "EnableRequest",
    {
        "reason": 'str',
    },
)

EndpointOutOfUseEventData = TypedDict(
    "EndpointOutOfUseEventData",
    {
        "id": 'str',
        "object": 'Literal["webhook_endpoint"]',
        "sequence": 'int',
        "url": 'str',
        "state": 'Literal["PAUSED", "DISABLED"]',
        "stateReason": 'str',
    },
)

# We take nothing more to one of your endpoints: it failed for long (`paused`), or answered 410 (`disabled`). Told to
# the others at once, and to itself when it is resumed.
EndpointOutOfUseEvent = TypedDict(
    "EndpointOutOfUseEvent",
    {
        "id": 'str',
        "type": 'Literal["webhook_endpoint.paused", "webhook_endpoint.disabled"]',
        "timestamp": 'str',
        "data": 'EndpointOutOfUseEventData',
    },
)

# Your events, newest first. A page can have less than asked for, even nothing, and still a `nextCursor`: the search
# goes on there.
EventPage = TypedDict(
    "EventPage",
    {
        "data": 'list[StreamEvent]',
        "nextCursor": 'Union[str, None]',
    },
)

ExchangeRatePairFeed = TypedDict(
    "ExchangeRatePairFeed",
    {
        "chain": 'str',
        "address": 'str',
        "inverse": 'bool',
    },
)

# Where a rate comes from, and the newest.
ExchangeRatePair = TypedDict(
    "ExchangeRatePair",
    {
        "object": 'Literal["exchange_rate_pair"]',
        "base": 'str',
        "quote": 'Literal["USD", "KRW"]',
        "source": 'Literal["OPERATOR", "CHAINLINK", "KOREAEXIM"]',
        "feed": 'Union[ExchangeRatePairFeed, None]',
        "freshSeconds": 'int',
        "usableSeconds": 'int',
        "marginBps": 'int',
        "rate": 'Union[str, None]',
        "observedAt": 'Union[str, None]',
        "staleness": 'Literal["fresh", "stale", "expired", "missing"]',
    },
)

ExchangeRatePairList = TypedDict(
    "ExchangeRatePairList",
    {
        "data": 'list[ExchangeRatePair]',
    },
)

# A file of what a list shows.
ExportFile = TypedDict(
    "ExportFile",
    {
        "id": 'str',
        "object": 'Literal["export"]',
        "kind": 'Literal["withdrawals"]',
        "filter": 'dict[str, Any]',
        "timeZone": 'str',
        "state": 'Literal["REQUESTED", "RUNNING", "DONE", "FAILED"]',
        "rows": 'int',
        "rowsExpected": 'Union[int, None]',
        "bytes": 'int',
        "sha256": 'Union[str, None]',
        "error": 'Union[str, None]',
        "requestedBy": 'str',
        "requestedAt": 'str',
        "startedAt": 'Union[str, None]',
        "endedAt": 'Union[str, None]',
        "expiresAt": 'str',
    },
)

# The last ones, newest first.
ExportList = TypedDict(
    "ExportList",
    {
        "data": 'list[ExportFile]',
    },
)

FieldError = TypedDict(
    "FieldError",
    {
        "pointer": 'str',
        "code": 'str',
        "message": 'str',
    },
)

# The same with version, score, reasons and inputs, for operators.
FullDecision = TypedDict(
    "FullDecision",
    {
        "object": 'Literal["decision"]',
        "withdrawalId": 'str',
        "verdict": 'Verdict',
        "approvalsRequired": 'int',
        "decidedAt": 'str',
        "organisationId": 'str',
        "policyId": 'Union[str, None]',
        "policyNumber": 'Union[int, None]',
        "score": 'int',
        "reasons": 'list[DecisionReason]',
        "inputs": 'dict[str, Any]',
    },
)

# The process answers.
Health = TypedDict(
    "Health",
    {
        "status": 'Literal["ok"]',
    },
)

# Somebody who may become a member, by a link, once.
Invitation = TypedDict(
    "Invitation",
    {
        "object": 'Literal["invitation"]',
        "id": 'str',
        "email": 'str',
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
        "state": 'Literal["waiting", "accepted", "revoked", "expired"]',
        "invitedBy": 'str',
        "createdAt": 'str',
        "expiresAt": 'str',
    },
)

InvitationList = TypedDict(
    "InvitationList",
    {
        "data": 'list[Invitation]',
    },
)

# What is owed to, or owned by, one party in one asset.
LedgerAccount = TypedDict(
    "LedgerAccount",
    {
        "id": 'str',
        "object": 'Literal["ledger_account"]',
        "kind": 'Literal["CUSTOMER", "HOUSE", "HOT_WALLET", "GAS", "FEE", "DEPOSIT_WALLET", "SUSPENSE", "TREASURY"]',
        "organisationId": 'Union[str, None]',
        "chain": 'str',
        "asset": 'str',
        "balance": 'str',
        "reserved": 'str',
        "incoming": 'str',
        "available": 'str',
        "version": 'str',
        "asOf": 'Union[str, None]',
    },
)

LedgerAccountPage = TypedDict(
    "LedgerAccountPage",
    {
        "data": 'list[LedgerAccount]',
        "nextCursor": 'Union[str, None]',
    },
)

# The account on the other side.
LedgerPostingOther = TypedDict(
    "LedgerPostingOther",
    {
        "id": 'str',
        "kind": 'Literal["CUSTOMER", "HOUSE", "HOT_WALLET", "GAS", "FEE", "DEPOSIT_WALLET", "SUSPENSE", "TREASURY"]',
        "organisationId": 'Union[str, None]',
    },
)

LedgerPostingReference = TypedDict(
    "LedgerPostingReference",
    {
        "kind": 'Literal["withdrawal", "chain_tx", "deposit", "deposit_address", "treasury_proposal"]',
        "id": 'str',
    },
)

# One row of an account, with what the account was after it.
LedgerPosting = TypedDict(
    "LedgerPosting",
    {
        "version": 'str',
        "transferId": 'str',
        "kind": 'Literal["SINGLE", "PENDING", "POST", "VOID"]',
        "side": 'Literal["DEBIT", "CREDIT"]',
        "amount": 'str',
        "balance": 'str',
        "reserved": 'str',
        "incoming": 'str',
        "other": 'LedgerPostingOther',
        "reason": 'str',
        "reference": 'Union[LedgerPostingReference, None]',
        "at": 'str',
    },
)

# Newest first.
LedgerPostingPage = TypedDict(
    "LedgerPostingPage",
    {
        "data": 'list[LedgerPosting]',
        "nextCursor": 'Union[str, None]',
    },
)

# One transfer of the ledger about this withdrawal.
LedgerRow = TypedDict(
    "LedgerRow",
    {
        "id": 'str',
        "kind": 'str',
        "asset": 'str',
        "amount": 'str',
        "debit": 'str',
        "credit": 'str',
        "at": 'str',
    },
)

# A file, as a list has it.
ListedBulkWithdrawal = TypedDict(
    "ListedBulkWithdrawal",
    {
        "id": 'str',
        "object": 'Literal["bulk_withdrawal"]',
        "total": 'int',
        "counts": 'Union[dict[str, int], None]',
        "createdAt": 'str',
        "completedAt": 'Union[str, None]',
    },
)

NoteRequest = TypedDict(
    "NoteRequest",
    {
        "text": 'str',
    },
)

# An asset as its operators see it.
OperatedAsset = TypedDict(
    "OperatedAsset",
    {
        "chain": 'str',
        "asset": 'str',
        "symbol": 'str',
        "address": 'Union[str, None]',
        "decimals": 'int',
        "enabled": 'bool',
        "minimum": 'str',
        "maximum": 'Union[str, None]',
        "gasPerItem": 'int',
        "transferGasMax": 'int',
    },
)

OperatedAssetList = TypedDict(
    "OperatedAssetList",
    {
        "data": 'list[OperatedAsset]',
    },
)

# A chain as its operators see it. All else of it is a setting.
OperatedChain = TypedDict(
    "OperatedChain",
    {
        "chain": 'str',
        "name": 'str',
        "evmChainId": 'int',
        "network": 'Literal["local", "test", "main"]',
        "configured": 'bool',
        "accepting": 'bool',
        "payoutContract": 'Union[str, None]',
    },
)

OperatedChainList = TypedDict(
    "OperatedChainList",
    {
        "data": 'list[OperatedChain]',
    },
)

# A withdrawal, with the organisation it belongs to.
OperatedWithdrawal = TypedDict(
    "OperatedWithdrawal",
    {
        "id": 'str',
        "object": 'Literal["withdrawal"]',
        "state": 'WithdrawalState',
        "chain": 'str',
        "asset": 'str',
        "to": 'str',
        "amount": 'str',
        "fee": 'str',
        "reference": 'Union[str, None]',
        "priority": 'Priority',
        "metadata": 'dict[str, str]',
        "bulkId": 'Union[str, None]',
        "transaction": 'Union[WithdrawalTransaction, None]',
        "failure": 'Union[WithdrawalFailure, None]',
        "review": 'Union[WithdrawalReview, None]',
        "createdAt": 'str',
        "updatedAt": 'str',
        "confirmedAt": 'Union[str, None]',
        "organisation": 'OrganisationName',
    },
)

# Withdrawals of all organisations.
OperatedWithdrawalPage = TypedDict(
    "OperatedWithdrawalPage",
    {
        "data": 'list[OperatedWithdrawal]',
        "nextCursor": 'Union[str, None]',
    },
)

# What a person wrote down; kept as it is.
OperatorNote = TypedDict(
    "OperatorNote",
    {
        "author": 'str',
        "text": 'str',
        "at": 'str',
    },
)

OperatorNotes = TypedDict(
    "OperatorNotes",
    {
        "data": 'list[OperatorNote]',
    },
)

# Who asked for it.
OrganisationName = TypedDict(
    "OrganisationName",
    {
        "id": 'str',
        "name": 'str',
    },
)

OverviewFlowBucketsItem = TypedDict(
    "OverviewFlowBucketsItem",
    {
        "at": 'str',
        "submitted": 'int',
        "confirmed": 'int',
        "failed": 'int',
    },
)

# Withdrawals per second, of the last whole buckets.
OverviewFlowNow = TypedDict(
    "OverviewFlowNow",
    {
        "submitted": 'float',
        "confirmed": 'float',
        "failed": 'float',
    },
)

# What withdrawals did in the last five minutes.
OverviewFlow = TypedDict(
    "OverviewFlow",
    {
        "bucketSeconds": 'int',
        "buckets": 'list[OverviewFlowBucketsItem]',
        "now": 'OverviewFlowNow',
    },
)

OverviewLastHourLatencySeconds = TypedDict(
    "OverviewLastHourLatencySeconds",
    {
        "p50": 'float',
        "p95": 'float',
        "p99": 'float',
    },
)

OverviewLastHour = TypedDict(
    "OverviewLastHour",
    {
        "submitted": 'int',
        "confirmed": 'int',
        "failedOurs": 'int',
        "failedRecipient": 'int',
        "failedDecision": 'int',
        "successRate": 'Union[float, None]',
        "latencySeconds": 'Union[OverviewLastHourLatencySeconds, None]',
    },
)

OverviewStagesItemAssetsItem = TypedDict(
    "OverviewStagesItemAssetsItem",
    {
        "chain": 'str',
        "asset": 'str',
        "count": 'int',
        "amount": 'str',
        "stuck": 'int',
        "stuckAmount": 'str',
    },
)

OverviewStagesItem = TypedDict(
    "OverviewStagesItem",
    {
        "state": 'Literal["PENDING", "VALIDATING", "REVIEW", "SIGNING", "SIGNED", "BROADCASTING", "BROADCASTED", "CONFIRMING"]',
        "count": 'int',
        "oldestAt": 'Union[str, None]',
        "stuck": 'int',
        "assets": 'list[OverviewStagesItemAssetsItem]',
    },
)

OverviewStuckAssetsItem = TypedDict(
    "OverviewStuckAssetsItem",
    {
        "chain": 'str',
        "asset": 'str',
        "count": 'int',
        "amount": 'str',
    },
)

# Over all states but `REVIEW`: money that does not move although it should.
OverviewStuck = TypedDict(
    "OverviewStuck",
    {
        "count": 'int',
        "assets": 'list[OverviewStuckAssetsItem]',
    },
)

OverviewDeadLettersCausesItem = TypedDict(
    "OverviewDeadLettersCausesItem",
    {
        "cause": 'str',
        "count": 'int',
    },
)

OverviewDeadLetters = TypedDict(
    "OverviewDeadLetters",
    {
        "open": 'int',
        "causes": 'list[OverviewDeadLettersCausesItem]',
    },
)

OverviewReviews = TypedDict(
    "OverviewReviews",
    {
        "open": 'int',
        "oldestAt": 'Union[str, None]',
        "nextExpiryAt": 'Union[str, None]',
        "unconfirmed": 'int',
    },
)

OverviewProvidersItem = TypedDict(
    "OverviewProvidersItem",
    {
        "chain": 'str',
        "provider": 'str',
        "up": 'bool',
        "askedBy": 'int',
        "usableBy": 'int',
        "height": 'Union[str, None]',
        "lagBlocks": 'Union[int, None]',
        "latencyMs": 'Union[float, None]',
        "requests": 'int',
        "errorRate": 'Union[float, None]',
        "problem": 'Union[str, None]',
        "seenAt": 'str',
    },
)

OverviewAlarmsFirstItem = TypedDict(
    "OverviewAlarmsFirstItem",
    {
        "id": 'str',
        "invariant": 'str',
        "subject": 'str',
        "detail": 'str',
        "severity": 'Literal["WARNING", "CRITICAL"]',
        "openedAt": 'str',
        "acknowledgedAt": 'Union[str, None]',
        "snoozedUntil": 'Union[str, None]',
    },
)

OverviewAlarms = TypedDict(
    "OverviewAlarms",
    {
        "open": 'int',
        "critical": 'int',
        "first": 'list[OverviewAlarmsFirstItem]',
    },
)

OverviewWebhooksEndpointsItem = TypedDict(
    "OverviewWebhooksEndpointsItem",
    {
        "state": 'str',
        "count": 'int',
    },
)

OverviewWebhooks = TypedDict(
    "OverviewWebhooks",
    {
        "pending": 'int',
        "oldestUntriedSeconds": 'float',
        "lag": 'int',
        "endpoints": 'list[OverviewWebhooksEndpointsItem]',
    },
)

OverviewBlocksItemBlocksItem = TypedDict(
    "OverviewBlocksItemBlocksItem",
    {
        "number": 'str',
        "at": 'str',
        "gasUsed": 'str',
        "gasLimit": 'str',
        "fill": 'float',
        "ours": 'Union[float, None]',
    },
)

OverviewBlocksItem = TypedDict(
    "OverviewBlocksItem",
    {
        "chain": 'str',
        "blocks": 'list[OverviewBlocksItemBlocksItem]',
    },
)

OverviewReconciliationChecksItem = TypedDict(
    "OverviewReconciliationChecksItem",
    {
        "invariant": 'str',
        "open": 'int',
        "lastCheckAt": 'Union[str, None]',
        "lastOkAt": 'Union[str, None]',
    },
)

OverviewReconciliation = TypedDict(
    "OverviewReconciliation",
    {
        "ok": 'bool',
        "lastCheckAt": 'Union[str, None]',
        "findings": 'int',
        "checks": 'list[OverviewReconciliationChecksItem]',
    },
)

OverviewInstancesItem = TypedDict(
    "OverviewInstancesItem",
    {
        "instance": 'str',
        "roles": 'list[str]',
        "startedAt": 'str',
        "seenAt": 'str',
    },
)

# What a home page shows: whether money moves.
Overview = TypedDict(
    "Overview",
    {
        "object": 'Literal["overview"]',
        "asOf": 'str',
        "flow": 'OverviewFlow',
        "lastHour": 'OverviewLastHour',
        "stuckAfterSeconds": 'int',
        "stages": 'list[OverviewStagesItem]',
        "stuck": 'OverviewStuck',
        "deadLetters": 'OverviewDeadLetters',
        "reviews": 'OverviewReviews',
        "providers": 'list[OverviewProvidersItem]',
        "accounts": 'list[SubAccount]',
        "forecast": 'list[ReserveForecast]',
        "alarms": 'OverviewAlarms',
        "webhooks": 'OverviewWebhooks',
        "blocks": 'list[OverviewBlocksItem]',
        "reconciliation": 'OverviewReconciliation',
        "instances": 'list[OverviewInstancesItem]',
    },
)

OwnerSignatureRequest = TypedDict(
    "OwnerSignatureRequest",
    {
        "signature": 'str',
    },
)

# A member of your organisation.
Person = TypedDict(
    "Person",
    {
        "object": 'Literal["person"]',
        "id": 'str',
        "name": 'str',
        "email": 'str',
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
        "apiKeyId": 'str',
        "secondFactor": 'SecondFactor',
        "sessions": 'int',
        "lastSignedInAt": 'Union[str, None]',
        "createdAt": 'str',
        "removedAt": 'Union[str, None]',
    },
)

PersonList = TypedDict(
    "PersonList",
    {
        "data": 'list[Person]',
    },
)

# A version of the rules. It never changes.
Policy = TypedDict(
    "Policy",
    {
        "id": 'str',
        "object": 'Literal["policy"]',
        "organisationId": 'Union[str, None]',
        "number": 'int',
        "state": 'PolicyState',
        "document": 'PolicyDocument',
        "author": 'str',
        "note": 'Union[str, None]',
        "createdAt": 'str',
        "effectiveAt": 'Union[str, None]',
        "endsAt": 'Union[str, None]',
    },
)

PolicyAddressBook = TypedDict(
    "PolicyAddressBook",
    {
        "mode": 'Literal["OFF", "ALLOW_ONLY"]',
        "coolingOffHours": 'int',
    },
)

PolicyAddressBookInput = TypedDict(
    "PolicyAddressBookInput",
    {
        "mode": 'Literal["OFF", "ALLOW_ONLY"]',
        "coolingOffHours": NotRequired['int'],
    },
)

PolicyApprovalsStepsItem = TypedDict(
    "PolicyApprovalsStepsItem",
    {
        "fromKrw": 'str',
        "quorum": 'int',
    },
)

PolicyApprovals = TypedDict(
    "PolicyApprovals",
    {
        "steps": 'list[PolicyApprovalsStepsItem]',
        "expiresInHours": 'int',
    },
)

PolicyApprovalsInputStepsItem = TypedDict(
    "PolicyApprovalsInputStepsItem",
    {
        "fromKrw": 'str',
        "quorum": 'int',
    },
)

PolicyApprovalsInput = TypedDict(
    "PolicyApprovalsInput",
    {
        "steps": NotRequired['list[PolicyApprovalsInputStepsItem]'],
        "expiresInHours": NotRequired['int'],
    },
)

# Rules for the withdrawals of an organisation.
PolicyDocument = TypedDict(
    "PolicyDocument",
    {
        "schema": 'Literal[1]',
        "addressBook": 'PolicyAddressBook',
        "velocity": 'list[PolicyVelocityRule]',
        "screening": 'Union[PolicyScreening, None]',
        "risk": 'Union[PolicyRisk, None]',
        "approvals": 'PolicyApprovals',
    },
)

# Rules for the withdrawals of an organisation.
PolicyDocumentInput = TypedDict(
    "PolicyDocumentInput",
    {
        "schema": NotRequired['Literal[1]'],
        "addressBook": NotRequired['PolicyAddressBookInput'],
        "velocity": NotRequired['list[PolicyVelocityRuleInput]'],
        "screening": NotRequired['Union[PolicyScreeningInput, None]'],
        "risk": NotRequired['Union[PolicyRiskInput, None]'],
        "approvals": NotRequired['PolicyApprovalsInput'],
    },
)

PolicyDryRunVerdicts = TypedDict(
    "PolicyDryRunVerdicts",
    {
        "ALLOW": 'int',
        "REVIEW": 'int',
        "DENY": 'int',
    },
)

PolicyDryRunChangesItemExamplesItem = TypedDict(
    "PolicyDryRunChangesItemExamplesItem",
    {
        "withdrawalId": 'str',
        "score": 'int',
        "reasons": 'list[DecisionReason]',
    },
)

PolicyDryRunChangesItem = TypedDict(
    "PolicyDryRunChangesItem",
    {
        "happened": 'Literal["ALLOW", "REVIEW", "DENY", "NONE"]',
        "verdict": 'Verdict',
        "count": 'int',
        "examples": 'list[PolicyDryRunChangesItemExamplesItem]',
    },
)

PolicyDryRunReasonsItem = TypedDict(
    "PolicyDryRunReasonsItem",
    {
        "code": 'str',
        "count": 'int',
    },
)

# What a version would have said of past withdrawals. Nothing was changed.
PolicyDryRun = TypedDict(
    "PolicyDryRun",
    {
        "object": 'Literal["policy_dry_run"]',
        "from": 'str',
        "to": 'str',
        "total": 'int',
        "isCut": 'bool',
        "verdicts": 'PolicyDryRunVerdicts',
        "changes": 'list[PolicyDryRunChangesItem]',
        "reasons": 'list[PolicyDryRunReasonsItem]',
        "notScreened": 'int',
        "valuedNow": 'int',
    },
)

PolicyList = TypedDict(
    "PolicyList",
    {
        "data": 'list[Policy]',
    },
)

PolicyRiskUnusualAmount = TypedDict(
    "PolicyRiskUnusualAmount",
    {
        "points": 'int',
        "times": 'int',
    },
)

PolicyRiskHours = TypedDict(
    "PolicyRiskHours",
    {
        "points": 'int',
        "from": 'int',
        "to": 'int',
    },
)

PolicyRiskVelocity = TypedDict(
    "PolicyRiskVelocity",
    {
        "points": 'int',
        "windowMinutes": 'int',
        "countMin": 'int',
    },
)

PolicyRiskRecentAddress = TypedDict(
    "PolicyRiskRecentAddress",
    {
        "points": 'int',
        "withinHours": 'int',
    },
)

PolicyRiskRefusals = TypedDict(
    "PolicyRiskRefusals",
    {
        "points": 'int',
        "countMin": 'int',
    },
)

PolicyRisk = TypedDict(
    "PolicyRisk",
    {
        "reviewAt": 'int',
        "denyAt": 'Union[int, None]',
        "historyDays": 'int',
        "newDestination": 'int',
        "unusualAmount": 'Union[PolicyRiskUnusualAmount, None]',
        "hours": 'Union[PolicyRiskHours, None]',
        "velocity": 'Union[PolicyRiskVelocity, None]',
        "recentAddress": 'Union[PolicyRiskRecentAddress, None]',
        "categories": 'dict[str, int]',
        "refusals": 'Union[PolicyRiskRefusals, None]',
    },
)

PolicyRiskInputUnusualAmount = TypedDict(
    "PolicyRiskInputUnusualAmount",
    {
        "points": 'int',
        "times": 'int',
    },
)

PolicyRiskInputHours = TypedDict(
    "PolicyRiskInputHours",
    {
        "points": 'int',
        "from": 'int',
        "to": 'int',
    },
)

PolicyRiskInputVelocity = TypedDict(
    "PolicyRiskInputVelocity",
    {
        "points": 'int',
        "windowMinutes": 'int',
        "countMin": 'int',
    },
)

PolicyRiskInputRecentAddress = TypedDict(
    "PolicyRiskInputRecentAddress",
    {
        "points": 'int',
        "withinHours": 'int',
    },
)

PolicyRiskInputRefusals = TypedDict(
    "PolicyRiskInputRefusals",
    {
        "points": 'int',
        "countMin": 'int',
    },
)

PolicyRiskInput = TypedDict(
    "PolicyRiskInput",
    {
        "reviewAt": 'int',
        "denyAt": NotRequired['Union[int, None]'],
        "historyDays": NotRequired['int'],
        "newDestination": NotRequired['int'],
        "unusualAmount": NotRequired['Union[PolicyRiskInputUnusualAmount, None]'],
        "hours": NotRequired['Union[PolicyRiskInputHours, None]'],
        "velocity": NotRequired['Union[PolicyRiskInputVelocity, None]'],
        "recentAddress": NotRequired['Union[PolicyRiskInputRecentAddress, None]'],
        "categories": NotRequired['dict[str, int]'],
        "refusals": NotRequired['Union[PolicyRiskInputRefusals, None]'],
    },
)

PolicyScreening = TypedDict(
    "PolicyScreening",
    {
        "sources": 'list[Literal["ORACLE", "LIST"]]',
        "resultHours": 'int',
        "patienceMinutes": 'int',
        "onListed": 'Literal["REVIEW", "DENY"]',
    },
)

PolicyScreeningInput = TypedDict(
    "PolicyScreeningInput",
    {
        "sources": 'list[Literal["ORACLE", "LIST"]]',
        "resultHours": NotRequired['int'],
        "patienceMinutes": NotRequired['int'],
        "onListed": NotRequired['Literal["REVIEW", "DENY"]'],
    },
)

PolicyVelocityRule = TypedDict(
    "PolicyVelocityRule",
    {
        "name": 'str',
        "per": 'Literal["ORGANISATION", "ADDRESS"]',
        "windowMinutes": 'int',
        "countMax": NotRequired['int'],
        "amountKrwMax": NotRequired['str'],
        "action": 'Literal["REVIEW", "DENY"]',
    },
)

PolicyVelocityRuleInput = TypedDict(
    "PolicyVelocityRuleInput",
    {
        "name": 'str',
        "per": 'Literal["ORGANISATION", "ADDRESS"]',
        "windowMinutes": 'int',
        "countMax": NotRequired['int'],
        "amountKrwMax": NotRequired['str'],
        "action": 'Literal["REVIEW", "DENY"]',
    },
)

# Why a call did not do what it was asked (RFC 9457).
Problem = TypedDict(
    "Problem",
    {
        "type": 'str',
        "title": 'str',
        "status": 'int',
        "detail": 'str',
        "code": 'Literal["bad_request", "malformed_json", "idempotency_key_required", "idempotency_key_invalid", "unauthenticated", "forbidden", "not_found", "withdrawal_not_found", "bulk_not_found", "alert_channel_not_found", "alert_channel_exists", "alert_channels_too_many", "organisation_not_found", "deposit_address_not_found", "deposit_not_found", "deposit_not_creditable", "deposits_not_available", "deposits_not_ready", "too_many_addresses", "reserves_not_found", "method_not_allowed", "withdrawal_not_cancelable", "idempotency_in_flight", "payload_too_large", "unsupported_media_type", "validation_failed", "asset_not_supported", "chain_not_supported", "sub_account_not_found", "sub_account_exists", "sub_account_state", "account_threshold_invalid", "account_reserve_missing", "account_transfer_under_way", "treasury_not_found", "treasury_proposal_not_found", "treasury_proposal_not_open", "treasury_proposal_signed", "treasury_proposal_exists", "treasury_proposals_too_many", "treasury_account_not_found", "treasury_signature_malformed", "treasury_signer_not_an_owner", "insufficient_balance", "fee_not_known", "limit_exceeded", "idempotency_key_reused", "bulk_invalid", "webhook_endpoint_not_found", "webhook_delivery_not_found", "event_not_found", "webhook_endpoint_limit", "webhook_endpoint_state", "webhooks_not_set_up", "rate_limited", "internal", "unavailable", "setting_not_found", "probe_not_found", "setting_changed", "setting_dangerous", "asset_exists", "asset_has_warnings", "probe_not_done", "asset_refused", "probes_exhausted", "review_not_found", "review_closed", "vote_not_allowed", "review_facts_mismatch", "confirmation_not_due", "dead_letter_not_found", "chain_tx_not_found", "ledger_account_not_found", "alarm_not_found", "report_not_found", "export_not_found", "saved_view_not_found", "operation_not_possible", "retry_duplicate", "release_affects_others", "tier_not_found", "policy_not_found", "address_book_entry_not_found", "blocked_address_not_found", "exchange_rate_pair_not_found", "decision_not_found", "policy_state_conflict", "address_not_allowed", "address_cooling_off", "address_blocked", "second_factor_required", "step_up_required", "origin_not_trusted", "people_not_set_up", "sign_in_failed", "sign_in_expired", "account_locked", "second_factor_wrong", "second_factor_used", "second_factor_missing", "second_factor_exists", "password_wrong", "password_refused", "passkey_refused", "person_not_found", "person_is_member", "people_too_many", "last_admin", "own_membership", "invitation_not_found", "invitation_not_valid", "scope_not_grantable", "api_key_not_found"]',
        "retryable": 'bool',
        "requestId": 'str',
        "errors": NotRequired['list[FieldError]'],
    },
)

ProposalReasonRequest = TypedDict(
    "ProposalReasonRequest",
    {
        "reason": 'str',
    },
)

ProposeTopUpRequest = TypedDict(
    "ProposeTopUpRequest",
    {
        "chain": 'str',
        "asset": 'str',
        "amount": 'str',
        "to": 'str',
        "reason": 'str',
    },
)

QueuesStagesItem = TypedDict(
    "QueuesStagesItem",
    {
        "state": 'WithdrawalState',
        "depth": 'int',
        "oldestAt": 'Union[str, None]',
        "inPerSecond": 'float',
        "outPerSecond": 'float',
        "role": 'Union[str, None]',
        "consumers": 'list[str]',
    },
)

QueuesTasksItemRuns = TypedDict(
    "QueuesTasksItemRuns",
    {
        "lastStartedAt": 'Union[str, None]',
        "lastEndedAt": 'Union[str, None]',
        "lastOutcome": 'Union[Literal["RUNNING", "DONE", "FAILED", "SKIPPED"], None]',
        "lastDurationMs": 'Union[int, None]',
        "lastFailedAt": 'Union[str, None]',
        "lastError": 'Union[str, None]',
        "doneLastHour": 'int',
        "failedLastHour": 'int',
    },
)

QueuesTasksItem = TypedDict(
    "QueuesTasksItem",
    {
        "task": 'str',
        "ready": 'int',
        "running": 'int',
        "later": 'int',
        "failed": 'int',
        "oldestAt": 'Union[str, None]',
        "lastError": 'Union[str, None]',
        "consumers": 'list[str]',
        "runs": 'Union[QueuesTasksItemRuns, None]',
    },
)

# What waits, for how long, how fast it moves, and who works on it.
Queues = TypedDict(
    "Queues",
    {
        "object": 'Literal["queues"]',
        "asOf": 'str',
        "rateSeconds": 'float',
        "stages": 'list[QueuesStagesItem]',
        "tasks": 'list[QueuesTasksItem]',
    },
)

# A withdrawal that might be asked for.
QuoteRequest = TypedDict(
    "QuoteRequest",
    {
        "chain": 'str',
        "asset": 'str',
        "amount": 'str',
        "to": NotRequired['Union[str, None]'],
    },
)

# Whether the process can do its work.
Readiness = TypedDict(
    "Readiness",
    {
        "ready": 'bool',
        "checks": 'dict[str, str]',
    },
)

ReasonRequest = TypedDict(
    "ReasonRequest",
    {
        "reason": 'str',
    },
)

ReconciliationChecksItemFindingsItem = TypedDict(
    "ReconciliationChecksItemFindingsItem",
    {
        "subject": 'str',
        "detail": 'str',
        "severity": 'Literal["WARNING", "CRITICAL"]',
    },
)

ReconciliationChecksItemDriftItem = TypedDict(
    "ReconciliationChecksItemDriftItem",
    {
        "chain": 'str',
        "asset": 'str',
        "holder": 'Literal["HOT_WALLET", "TREASURY"]',
        "ledger": 'str',
        "onChain": 'str',
        "inFlight": 'str',
        "drift": 'str',
        "agrees": 'bool',
    },
)

ReconciliationChecksItemRunsItem = TypedDict(
    "ReconciliationChecksItemRunsItem",
    {
        "at": 'str',
        "ok": 'Union[bool, None]',
        "findings": 'int',
        "durationMs": 'int',
        "note": 'Union[str, None]',
    },
)

ReconciliationChecksItem = TypedDict(
    "ReconciliationChecksItem",
    {
        "invariant": 'str',
        "books": 'bool',
        "status": 'Literal["OK", "NOT_OK", "UNKNOWN", "NEVER_RUN"]',
        "means": 'str',
        "action": 'str',
        "openAlarms": 'int',
        "lastOkAt": 'Union[str, None]',
        "findings": 'list[ReconciliationChecksItemFindingsItem]',
        "drift": 'Union[list[ReconciliationChecksItemDriftItem], None]',
        "runs": 'list[ReconciliationChecksItemRunsItem]',
    },
)

# Whether the books fit themselves, what is open, and the chains.
Reconciliation = TypedDict(
    "Reconciliation",
    {
        "object": 'Literal["reconciliation"]',
        "status": 'Literal["OK", "NOT_OK"]',
        "checks": 'list[ReconciliationChecksItem]',
        "signOffs": 'list[SignOff]',
    },
)

ReleaseRequest = TypedDict(
    "ReleaseRequest",
    {
        "reason": 'str',
        "wholeBatch": NotRequired['bool'],
    },
)

RemoveThresholdRequestOf1 = TypedDict(
    "RemoveThresholdRequestOf1",
    {
        "role": 'Literal["PAYOUT", "MAIN", "GAS"]',
    },
)

RemoveThresholdRequestOf2 = TypedDict(
    "RemoveThresholdRequestOf2",
    {
        "address": 'str',
    },
)

RemoveThresholdRequest = TypedDict(
    "RemoveThresholdRequest",
    {
        "chain": 'str',
        "asset": 'str',
        "purpose": NotRequired['Literal["BALANCE", "GAS"]'],
        "of": 'Union[RemoveThresholdRequestOf1, RemoveThresholdRequestOf2]',
        "reason": 'str',
    },
)

RemovedView = TypedDict(
    "RemovedView",
    {
        "object": 'Literal["removed_view"]',
        "id": 'str',
    },
)

# Which events to tell again.
ReplayWebhookEventsRequest = TypedDict(
    "ReplayWebhookEventsRequest",
    {
        "from": 'str',
        "to": NotRequired['Union[str, None]'],
        "events": NotRequired['list[str]'],
        "redeliver": NotRequired['bool'],
    },
)

ReportSlotsItem = TypedDict(
    "ReportSlotsItem",
    {
        "at": 'str',
        "submitted": 'int',
        "confirmed": 'int',
        "failed": 'int',
        "canceled": 'int',
    },
)

ReportAssetsItem = TypedDict(
    "ReportAssetsItem",
    {
        "chain": 'str',
        "asset": 'str',
        "openBefore": 'ReportTally',
        "submitted": 'ReportTally',
        "confirmed": 'ReportTally',
        "failed": 'ReportTally',
        "canceled": 'ReportTally',
        "openAfter": 'ReportTally',
        "fees": 'str',
        "ties": 'bool',
    },
)

ReportFailuresItem = TypedDict(
    "ReportFailuresItem",
    {
        "code": 'str',
        "cause": 'Literal["ours", "recipient", "decision"]',
        "count": 'int',
    },
)

ReportGasItem = TypedDict(
    "ReportGasItem",
    {
        "chain": 'str',
        "asset": 'str',
        "transactions": 'int',
        "items": 'int',
        "gasUsed": 'str',
        "spent": 'str',
    },
)

ReportDepositsItem = TypedDict(
    "ReportDepositsItem",
    {
        "chain": 'str',
        "asset": 'str',
        "credited": 'ReportTally',
    },
)

ReportLedgerItemReasonsItem = TypedDict(
    "ReportLedgerItemReasonsItem",
    {
        "reason": 'str',
        "in": 'str',
        "out": 'str',
    },
)

ReportLedgerItem = TypedDict(
    "ReportLedgerItem",
    {
        "chain": 'str',
        "asset": 'str',
        "holder": 'str',
        "opening": 'str',
        "in": 'str',
        "out": 'str',
        "closing": 'str',
        "ties": 'bool',
        "reasons": 'list[ReportLedgerItemReasonsItem]',
    },
)

ReportMismatchesItem = TypedDict(
    "ReportMismatchesItem",
    {
        "kind": 'Literal["ledger", "open", "zero_sum", "opening"]',
        "subject": 'str',
        "expected": 'str',
        "found": 'str',
    },
)

ReportRerun = TypedDict(
    "ReportRerun",
    {
        "requestedBy": 'str',
        "reason": 'str',
        "requestedAt": 'str',
    },
)

# A day, a week or a month in Korea, tied to the ledger.
Report = TypedDict(
    "Report",
    {
        "object": 'Literal["report"]',
        "period": 'Literal["daily", "weekly", "monthly"]',
        "date": 'str',
        "status": 'Literal["DRAFT", "FINAL"]',
        "version": 'int',
        "from": 'str',
        "to": 'str',
        "asOf": 'str',
        "madeAt": 'str',
        "ties": 'bool',
        "totals": 'ReportTotals',
        "reason": 'str',
        "madeFor": 'str',
        "slots": 'list[ReportSlotsItem]',
        "assets": 'list[ReportAssetsItem]',
        "failures": 'list[ReportFailuresItem]',
        "gas": 'list[ReportGasItem]',
        "deposits": 'list[ReportDepositsItem]',
        "ledger": 'list[ReportLedgerItem]',
        "mismatches": 'list[ReportMismatchesItem]',
        "versions": 'list[ReportVersion]',
        "rerun": 'Union[ReportRerun, None]',
    },
)

# A report without its tables.
ReportHead = TypedDict(
    "ReportHead",
    {
        "period": 'Literal["daily", "weekly", "monthly"]',
        "date": 'str',
        "status": 'Literal["DRAFT", "FINAL"]',
        "version": 'int',
        "from": 'str',
        "to": 'str',
        "asOf": 'str',
        "madeAt": 'str',
        "ties": 'bool',
        "totals": 'ReportTotals',
    },
)

# Newest period first.
ReportPage = TypedDict(
    "ReportPage",
    {
        "data": 'list[ReportHead]',
        "nextCursor": 'Union[str, None]',
    },
)

# How many, and their sum.
ReportTally = TypedDict(
    "ReportTally",
    {
        "count": 'int',
        "amount": 'str',
    },
)

ReportTotalsLatency = TypedDict(
    "ReportTotalsLatency",
    {
        "p50": 'float',
        "p95": 'float',
        "p99": 'float',
    },
)

ReportTotals = TypedDict(
    "ReportTotals",
    {
        "submitted": 'int',
        "confirmed": 'int',
        "failed": 'int',
        "canceled": 'int',
        "successRate": 'Union[float, None]',
        "latency": 'Union[ReportTotalsLatency, None]',
    },
)

ReportVersion = TypedDict(
    "ReportVersion",
    {
        "version": 'int',
        "reason": 'str',
        "madeFor": 'str',
        "madeAt": 'str',
        "ties": 'bool',
    },
)

RerunReportRequest = TypedDict(
    "RerunReportRequest",
    {
        "reason": 'str',
    },
)

ReserveForecastOutflow = TypedDict(
    "ReserveForecastOutflow",
    {
        "hour": 'str',
        "day": 'str',
        "week": 'str',
    },
)

# Until it is below low, if it goes on as in the last hour, day or week.
ReserveForecastRunwaySeconds = TypedDict(
    "ReserveForecastRunwaySeconds",
    {
        "hour": 'Union[int, None]',
        "day": 'Union[int, None]',
        "week": 'Union[int, None]',
        "least": 'Union[int, None]',
    },
)

# How long main and gas accounts last.
ReserveForecast = TypedDict(
    "ReserveForecast",
    {
        "chain": 'str',
        "asset": 'str',
        "role": 'Literal["PAYOUT", "MAIN", "GAS"]',
        "holds": 'str',
        "low": 'Union[str, None]',
        "outflow": 'ReserveForecastOutflow',
        "runwaySeconds": 'ReserveForecastRunwaySeconds',
    },
)

ReserveForecastList = TypedDict(
    "ReserveForecastList",
    {
        "data": 'list[ReserveForecast]',
    },
)

ReservesProofAssetsItemLeaf = TypedDict(
    "ReservesProofAssetsItemLeaf",
    {
        "organisationUuid": 'str',
        "assetId": 'str',
        "salt": 'str',
        "units": 'str',
    },
)

ReservesProofAssetsItemPathItem = TypedDict(
    "ReservesProofAssetsItemPathItem",
    {
        "side": 'Literal["left", "right"]',
        "hash": 'str',
        "sumUnits": 'str',
    },
)

ReservesProofAssetsItem = TypedDict(
    "ReservesProofAssetsItem",
    {
        "chain": 'str',
        "asset": 'str',
        "amount": 'str',
        "leaf": 'ReservesProofAssetsItemLeaf',
        "path": 'list[ReservesProofAssetsItemPathItem]',
        "root": 'str',
        "totalUnits": 'str',
    },
)

# Shows that the balances of the caller are in the totals of the newest report.
ReservesProof = TypedDict(
    "ReservesProof",
    {
        "object": 'Literal["reserves_proof"]',
        "reportId": 'str',
        "reportHash": 'str',
        "createdAt": 'str',
        "organisationId": 'str',
        "assets": 'list[ReservesProofAssetsItem]',
    },
)

# What is owed against what is held, at one moment.
ReservesReport = TypedDict(
    "ReservesReport",
    {
        "object": 'Literal["reserves_report"]',
        "id": 'str',
        "createdAt": 'str',
        "hash": 'str',
        "covered": 'bool',
        "body": 'str',
    },
)

# How to go on.
ResumeWebhookEndpointRequest = TypedDict(
    "ResumeWebhookEndpointRequest",
    {
        "missed": 'Literal["deliver", "skip"]',
    },
)

RetryRequest = TypedDict(
    "RetryRequest",
    {
        "reason": 'str',
        "acceptDuplicate": NotRequired['bool'],
    },
)

RevertSettingRequest = TypedDict(
    "RevertSettingRequest",
    {
        "target": 'str',
        "seenVersion": 'int',
        "acknowledge": NotRequired['bool'],
        "reason": 'str',
        "toVersion": 'int',
    },
)

# A withdrawal that waits, or waited, for people.
Review = TypedDict(
    "Review",
    {
        "id": 'str',
        "object": 'Literal["review"]',
        "state": 'ReviewState',
        "withdrawalId": 'str',
        "chain": 'str',
        "asset": 'str',
        "to": 'str',
        "amount": 'str',
        "priority": 'Literal["STANDARD", "VIP", "EMERGENCY"]',
        "reasons": 'list[ReviewReason]',
        "requester": 'str',
        "requesterHolder": 'Union[str, None]',
        "quorum": 'int',
        "approvals": 'int',
        "votes": 'list[Vote]',
        "confirmation": 'Literal["NONE", "DUE", "CONFIRMED", "OBJECTED"]',
        "openedAt": 'str',
        "expiresAt": 'str',
        "closedAt": 'Union[str, None]',
    },
)

# Reviews, newest first.
ReviewPage = TypedDict(
    "ReviewPage",
    {
        "data": 'list[Review]',
        "nextCursor": 'Union[str, None]',
    },
)

# Why a person is asked.
ReviewReason = TypedDict(
    "ReviewReason",
    {
        "code": 'str',
        "text": 'str',
    },
)

# How long the present secret stays valid.
RotateWebhookSecretRequest = TypedDict(
    "RotateWebhookSecretRequest",
    {
        "overlapSeconds": NotRequired['int'],
    },
)

SaveViewRequest = TypedDict(
    "SaveViewRequest",
    {
        "list": 'Literal["withdrawals"]',
        "name": 'str',
        "filter": 'dict[str, Union[str, float, bool]]',
        "role": NotRequired['Union[Literal["viewer", "operator", "approver", "admin", "auditor"], None]'],
    },
)

# Filters of a list under a name, shared in your organisation.
SavedView = TypedDict(
    "SavedView",
    {
        "id": 'str',
        "object": 'Literal["saved_view"]',
        "list": 'Literal["withdrawals"]',
        "name": 'str',
        "filter": 'dict[str, Union[str, float, bool]]',
        "role": 'Union[Literal["viewer", "operator", "approver", "admin", "auditor"], None]',
        "savedBy": 'str',
        "createdAt": 'str',
    },
)

SavedViewList = TypedDict(
    "SavedViewList",
    {
        "data": 'list[SavedView]',
    },
)

SearchHit = TypedDict(
    "SearchHit",
    {
        "kind": 'str',
        "id": 'str',
        "title": 'str',
        "subtitle": 'str',
    },
)

# What was named exactly first; a short list.
SearchHits = TypedDict(
    "SearchHits",
    {
        "data": 'list[SearchHit]',
    },
)

SecondFactor = TypedDict(
    "SecondFactor",
    {
        "totp": 'bool',
        "passkey": 'bool',
    },
)

# Where to look.
ServiceIndex = TypedDict(
    "ServiceIndex",
    {
        "name": 'Literal["Naru withdrawals API"]',
        "docs": 'str',
        "openapi": 'str',
    },
)

SetPairRequestFeed = TypedDict(
    "SetPairRequestFeed",
    {
        "chain": 'str',
        "address": 'str',
        "inverse": NotRequired['bool'],
    },
)

SetPairRequest = TypedDict(
    "SetPairRequest",
    {
        "base": 'str',
        "quote": 'Literal["USD", "KRW"]',
        "source": 'Literal["OPERATOR", "CHAINLINK", "KOREAEXIM"]',
        "feed": NotRequired['Union[SetPairRequestFeed, None]'],
        "freshSeconds": NotRequired['int'],
        "usableSeconds": NotRequired['int'],
        "marginBps": NotRequired['int'],
    },
)

# The rate of this moment, for a pair whose source is OPERATOR.
SetRateRequest = TypedDict(
    "SetRateRequest",
    {
        "base": 'str',
        "quote": 'Literal["USD", "KRW"]',
        "rate": 'str',
    },
)

SetThresholdRequestOf1 = TypedDict(
    "SetThresholdRequestOf1",
    {
        "role": 'Literal["PAYOUT", "MAIN", "GAS"]',
    },
)

SetThresholdRequestOf2 = TypedDict(
    "SetThresholdRequestOf2",
    {
        "address": 'str',
    },
)

SetThresholdRequest = TypedDict(
    "SetThresholdRequest",
    {
        "chain": 'str',
        "asset": 'str',
        "purpose": NotRequired['Literal["BALANCE", "GAS"]'],
        "of": 'Union[SetThresholdRequestOf1, SetThresholdRequestOf2]',
        "reason": 'str',
        "low": 'str',
        "target": 'str',
        "high": NotRequired['Union[str, None]'],
    },
)

# A tier as it is to be: made new, or in the place of the one with this code.
SetTierRequest = TypedDict(
    "SetTierRequest",
    {
        "code": 'str',
        "name": 'str',
        "perWithdrawalKrwMax": 'Union[str, None]',
        "dailyKrwMax": 'Union[str, None]',
        "monthlyKrwMax": 'Union[str, None]',
        "dailyCountMax": 'Union[int, None]',
        "monthlyCountMax": 'Union[int, None]',
    },
)

SettingChanged = TypedDict(
    "SettingChanged",
    {
        "actor": 'str',
        "reason": 'str',
        "at": 'str',
    },
)

# Something that an operator can turn while everything runs.
Setting = TypedDict(
    "Setting",
    {
        "key": 'str',
        "scope": 'Literal["installation", "chain", "asset"]',
        "target": 'str',
        "kind": 'Literal["number", "switch"]',
        "unit": 'str',
        "summary": 'str',
        "effect": 'str',
        "readers": 'list[str]',
        "min": 'Union[str, None]',
        "max": 'Union[str, None]',
        "default": 'Union[str, None]',
        "current": 'Union[str, None]',
        "version": 'int',
        "changed": 'Union[SettingChanged, None]',
    },
)

SettingList = TypedDict(
    "SettingList",
    {
        "data": 'list[Setting]',
    },
)

# One decision about a setting. Kept for ever.
SettingVersion = TypedDict(
    "SettingVersion",
    {
        "key": 'str',
        "target": 'str',
        "version": 'int',
        "value": 'Union[str, None]',
        "previous": 'Union[str, None]',
        "actor": 'str',
        "reason": 'str',
        "at": 'str',
    },
)

SettingWithHistory = TypedDict(
    "SettingWithHistory",
    {
        "setting": 'Setting',
        "history": 'list[SettingVersion]',
    },
)

# A person says that the books of a day were looked at.
SignOff = TypedDict(
    "SignOff",
    {
        "day": 'str',
        "signedBy": 'str',
        "note": 'str',
        "signedAt": 'str',
    },
)

SignOffRequest = TypedDict(
    "SignOffRequest",
    {
        "day": 'str',
        "note": 'str',
    },
)

SnoozeRequest = TypedDict(
    "SnoozeRequest",
    {
        "reason": 'str',
        "hours": 'int',
    },
)

SubAccountBalancesItem = TypedDict(
    "SubAccountBalancesItem",
    {
        "asset": 'str',
        "amount": 'str',
        "readAt": 'str',
    },
)

# An address of ours on a chain.
SubAccount = TypedDict(
    "SubAccount",
    {
        "object": 'Literal["sub_account"]',
        "chain": 'str',
        "address": 'str',
        "role": 'Literal["PAYOUT", "MAIN", "GAS"]',
        "state": 'Literal["JOINING", "ACTIVE", "PAUSED", "DRAINED", "RETIRED"]',
        "reason": 'Union[str, None]',
        "draining": 'bool',
        "nextNonce": 'str',
        "inFlight": 'int',
        "balances": 'list[SubAccountBalancesItem]',
    },
)

SubAccountList = TypedDict(
    "SubAccountList",
    {
        "data": 'list[SubAccount]',
    },
)

TestEventData = TypedDict(
    "TestEventData",
    {
        "id": 'str',
        "object": 'Literal["webhook_endpoint"]',
        "message": 'str',
    },
)

# You asked for a test. Nothing happened, and no money moved.
TestEvent = TypedDict(
    "TestEvent",
    {
        "id": 'str',
        "type": 'Literal["webhook.test"]',
        "timestamp": 'str',
        "data": 'TestEventData',
    },
)

# Ceilings in won for the organisations in it.
Tier = TypedDict(
    "Tier",
    {
        "object": 'Literal["tier"]',
        "code": 'str',
        "name": 'str',
        "perWithdrawalKrwMax": 'Union[str, None]',
        "dailyKrwMax": 'Union[str, None]',
        "monthlyKrwMax": 'Union[str, None]',
        "dailyCountMax": 'Union[int, None]',
        "monthlyCountMax": 'Union[int, None]',
        "organisations": 'int',
    },
)

TierList = TypedDict(
    "TierList",
    {
        "data": 'list[Tier]',
    },
)

# What the nodes of a chain tell of a token.
TokenProbe = TypedDict(
    "TokenProbe",
    {
        "id": 'str',
        "object": 'Literal["token_probe"]',
        "chain": 'str',
        "address": 'str',
        "state": 'Literal["REQUESTED", "DONE", "FAILED"]',
        "error": 'Union[str, None]',
        "symbol": 'Union[str, None]',
        "decimals": 'Union[int, None]',
        "payment": 'Union[TriedPayment, None]',
        "refusals": 'list[str]',
        "warnings": 'list[str]',
        "requestedAt": 'str',
        "endedAt": 'Union[str, None]',
    },
)

TopUpRequest = TypedDict(
    "TopUpRequest",
    {
        "asset": 'str',
        "amount": 'str',
        "gas": NotRequired['bool'],
        "reason": 'str',
    },
)

TreasuryBalancesItem = TypedDict(
    "TreasuryBalancesItem",
    {
        "asset": 'str',
        "amount": 'str',
        "leaving": 'str',
    },
)

# The reserve of a chain: a Safe whose owners sign each payment.
Treasury = TypedDict(
    "Treasury",
    {
        "object": 'Literal["treasury"]',
        "chain": 'str',
        "safe": 'str',
        "owners": 'list[str]',
        "threshold": 'int',
        "nonce": 'str',
        "readAt": 'str',
        "balances": 'list[TreasuryBalancesItem]',
    },
)

TreasuryList = TypedDict(
    "TreasuryList",
    {
        "data": 'list[Treasury]',
    },
)

# Nothing of either: it is executed by itself.
TreasuryProposalWaitsFor = TypedDict(
    "TreasuryProposalWaitsFor",
    {
        "signatures": 'int',
        "earlierTransactions": 'str',
    },
)

TreasuryProposalSignaturesItem = TypedDict(
    "TreasuryProposalSignaturesItem",
    {
        "owner": 'str',
        "addedBy": 'str',
        "addedAt": 'str',
    },
)

# What the owners of a treasury are asked to sign.
TreasuryProposal = TypedDict(
    "TreasuryProposal",
    {
        "object": 'Literal["treasury_proposal"]',
        "id": 'str',
        "chain": 'str',
        "safe": 'str',
        "purpose": 'Literal["TOP_UP", "REJECTION"]',
        "asset": 'Union[str, None]',
        "amount": 'Union[str, None]',
        "to": 'str',
        "nonce": 'str',
        "hash": 'str',
        "typedData": 'str',
        "reason": 'str',
        "proposedBy": 'str',
        "state": 'Literal["OPEN", "EXECUTED", "SUPERSEDED", "CANCELED"]',
        "waitsFor": 'TreasuryProposalWaitsFor',
        "problem": 'Union[str, None]',
        "signatures": 'list[TreasuryProposalSignaturesItem]',
        "transactionHash": 'Union[str, None]',
        "createdAt": 'str',
        "endedAt": 'Union[str, None]',
    },
)

# Proposals, newest first.
TreasuryProposalPage = TypedDict(
    "TreasuryProposalPage",
    {
        "data": 'list[TreasuryProposal]',
        "nextCursor": 'Union[str, None]',
    },
)

# A payment that a node was asked to try, of which nothing happened on chain.
TriedPayment = TypedDict(
    "TriedPayment",
    {
        "asked": 'str',
        "taken": 'str',
        "received": 'str',
        "gasUsed": 'int',
    },
)

UnblockedAddress = TypedDict(
    "UnblockedAddress",
    {
        "object": 'Literal["unblocked_address"]',
        "id": 'str',
    },
)

# One person's word on a review. It is kept as it is.
Vote = TypedDict(
    "Vote",
    {
        "holder": 'str',
        "decision": 'Literal["APPROVE", "APPROVE_ALONE", "DENY", "CONFIRM", "OBJECT"]',
        "reason": 'Union[str, None]',
        "at": 'str',
    },
)

WebhookAttemptRequest = TypedDict(
    "WebhookAttemptRequest",
    {
        "headers": 'Union[dict[str, str], None]',
    },
)

WebhookAttemptResponse = TypedDict(
    "WebhookAttemptResponse",
    {
        "status": 'int',
        "headers": 'Union[dict[str, str], None]',
        "body": 'Union[str, None]',
    },
)

# One try, with what was sent and what came back.
WebhookAttempt = TypedDict(
    "WebhookAttempt",
    {
        "number": 'int',
        "at": 'str',
        "durationMs": 'Union[int, None]',
        "outcome": 'Literal["DELIVERED", "REFUSED", "BLOCKED", "UNREACHED", "UNANSWERED", "INTERRUPTED"]',
        "url": 'str',
        "address": 'Union[str, None]',
        "request": 'WebhookAttemptRequest',
        "response": 'Union[WebhookAttemptResponse, None]',
        "error": 'Union[str, None]',
    },
)

# One event for one endpoint.
WebhookDelivery = TypedDict(
    "WebhookDelivery",
    {
        "id": 'str',
        "object": 'Literal["webhook_delivery"]',
        "endpointId": 'str',
        "eventId": 'str',
        "type": 'str',
        "subject": 'str',
        "sequence": 'int',
        "state": 'Literal["PENDING", "DELIVERED", "FAILED", "SKIPPED"]',
        "attemptCount": 'int',
        "nextAttemptAt": 'Union[str, None]',
        "lastStatus": 'Union[int, None]',
        "lastError": 'Union[str, None]',
        "eventAt": 'str',
        "createdAt": 'str',
        "endedAt": 'Union[str, None]',
    },
)

# A delivery with its tries, oldest first.
WebhookDeliveryDetail = TypedDict(
    "WebhookDeliveryDetail",
    {
        "id": 'str',
        "object": 'Literal["webhook_delivery"]',
        "endpointId": 'str',
        "eventId": 'str',
        "type": 'str',
        "subject": 'str',
        "sequence": 'int',
        "state": 'Literal["PENDING", "DELIVERED", "FAILED", "SKIPPED"]',
        "attemptCount": 'int',
        "nextAttemptAt": 'Union[str, None]',
        "lastStatus": 'Union[int, None]',
        "lastError": 'Union[str, None]',
        "eventAt": 'str',
        "createdAt": 'str',
        "endedAt": 'Union[str, None]',
        "body": 'str',
        "attempts": 'list[WebhookAttempt]',
    },
)

# Deliveries of an endpoint, newest event first.
WebhookDeliveryPage = TypedDict(
    "WebhookDeliveryPage",
    {
        "data": 'list[WebhookDelivery]',
        "nextCursor": 'Union[str, None]',
    },
)

WebhookEndpointHealth = TypedDict(
    "WebhookEndpointHealth",
    {
        "successRate": 'float',
        "failureCount": 'int',
        "failingSince": 'Union[str, None]',
        "lastSuccessAt": 'Union[str, None]',
        "lastFailureAt": 'Union[str, None]',
        "lastError": 'Union[str, None]',
    },
)

# An address of yours that is told of events.
WebhookEndpoint = TypedDict(
    "WebhookEndpoint",
    {
        "id": 'str',
        "object": 'Literal["webhook_endpoint"]',
        "url": 'str',
        "events": 'list[str]',
        "description": 'Union[str, None]',
        "state": 'Literal["ACTIVE", "PAUSED", "DISABLED"]',
        "stateReason": 'Union[Literal["asked", "failing", "gone"], None]',
        "apiVersion": 'str',
        "missedSince": 'Union[str, None]',
        "health": 'WebhookEndpointHealth',
        "createdAt": 'str',
        "updatedAt": 'str',
    },
)

WebhookEndpointCreatedHealth = TypedDict(
    "WebhookEndpointCreatedHealth",
    {
        "successRate": 'float',
        "failureCount": 'int',
        "failingSince": 'Union[str, None]',
        "lastSuccessAt": 'Union[str, None]',
        "lastFailureAt": 'Union[str, None]',
        "lastError": 'Union[str, None]',
    },
)

# The endpoint, and its secret.
WebhookEndpointCreated = TypedDict(
    "WebhookEndpointCreated",
    {
        "id": 'str',
        "object": 'Literal["webhook_endpoint"]',
        "url": 'str',
        "events": 'list[str]',
        "description": 'Union[str, None]',
        "state": 'Literal["ACTIVE", "PAUSED", "DISABLED"]',
        "stateReason": 'Union[Literal["asked", "failing", "gone"], None]',
        "apiVersion": 'str',
        "missedSince": 'Union[str, None]',
        "health": 'WebhookEndpointCreatedHealth',
        "createdAt": 'str',
        "updatedAt": 'str',
        "secret": 'Union[str, None]',
    },
)

# It is gone.
WebhookEndpointDeleted = TypedDict(
    "WebhookEndpointDeleted",
    {
        "id": 'str',
        "object": 'Literal["webhook_endpoint"]',
        "deleted": 'Literal[True]',
    },
)

# All that there are, oldest first.
WebhookEndpointList = TypedDict(
    "WebhookEndpointList",
    {
        "data": 'list[WebhookEndpoint]',
    },
)

# A replay that was begun; its deliveries appear in the list.
WebhookReplay = TypedDict(
    "WebhookReplay",
    {
        "id": 'str',
        "object": 'Literal["webhook_replay"]',
        "endpointId": 'str',
        "events": 'list[str]',
        "redeliver": 'bool',
        "from": 'str',
        "to": 'str',
        "createdAt": 'str',
    },
)

WebhookSecretSecretsItem = TypedDict(
    "WebhookSecretSecretsItem",
    {
        "createdAt": 'str',
        "expiresAt": 'Union[str, None]',
    },
)

# The new secret.
WebhookSecret = TypedDict(
    "WebhookSecret",
    {
        "object": 'Literal["webhook_secret"]',
        "secret": 'Union[str, None]',
        "secrets": 'list[WebhookSecretSecretsItem]',
    },
)

# One payment to one address.
Withdrawal = TypedDict(
    "Withdrawal",
    {
        "id": 'str',
        "object": 'Literal["withdrawal"]',
        "state": 'WithdrawalState',
        "chain": 'str',
        "asset": 'str',
        "to": 'str',
        "amount": 'str',
        "fee": 'str',
        "reference": 'Union[str, None]',
        "priority": 'Priority',
        "metadata": 'dict[str, str]',
        "bulkId": 'Union[str, None]',
        "transaction": 'Union[WithdrawalTransaction, None]',
        "failure": 'Union[WithdrawalFailure, None]',
        "review": 'Union[WithdrawalReview, None]',
        "createdAt": 'str',
        "updatedAt": 'str',
        "confirmedAt": 'Union[str, None]',
    },
)

WithdrawalActionWhy = TypedDict(
    "WithdrawalActionWhy",
    {
        "en": 'str',
        "ko": 'str',
    },
)

# What the caller may do now, by the rules that the verb itself asks again when it is done.
WithdrawalAction = TypedDict(
    "WithdrawalAction",
    {
        "verb": 'Literal["approve", "deny", "cancel", "retry", "bump", "release", "close", "note"]',
        "allowed": 'bool',
        "code": 'Union[str, None]',
        "why": 'Union[WithdrawalActionWhy, None]',
    },
)

# How many are in each state; every state is there.
WithdrawalCounts = TypedDict(
    "WithdrawalCounts",
    {
        "data": 'list[WithdrawalStateCount]',
    },
)

WithdrawalDetailEventsItem = TypedDict(
    "WithdrawalDetailEventsItem",
    {
        "from": 'Union[WithdrawalState, None]',
        "to": 'WithdrawalState',
        "actor": 'str',
        "reason": 'str',
        "at": 'str',
        "holder": 'Union[str, None]',
        "chainTxId": 'Union[str, None]',
    },
)

WithdrawalDetailNotesItem = TypedDict(
    "WithdrawalDetailNotesItem",
    {
        "author": 'str',
        "holder": 'Union[str, None]',
        "text": 'str',
        "at": 'str',
    },
)

WithdrawalDetailVerbsItem = TypedDict(
    "WithdrawalDetailVerbsItem",
    {
        "verb": 'Literal["retry", "release", "bump", "try_now"]',
        "actor": 'str',
        "holder": 'Union[str, None]',
        "reason": 'Union[str, None]',
        "at": 'str',
    },
)

WithdrawalDetailDeliveriesItem = TypedDict(
    "WithdrawalDetailDeliveriesItem",
    {
        "id": 'str',
        "object": 'Literal["webhook_delivery"]',
        "endpointId": 'str',
        "eventId": 'str',
        "type": 'str',
        "subject": 'str',
        "sequence": 'int',
        "state": 'Literal["PENDING", "DELIVERED", "FAILED", "SKIPPED"]',
        "attemptCount": 'int',
        "nextAttemptAt": 'Union[str, None]',
        "lastStatus": 'Union[int, None]',
        "lastError": 'Union[str, None]',
        "eventAt": 'str',
        "createdAt": 'str',
        "endedAt": 'Union[str, None]',
        "url": 'str',
    },
)

# The whole story of one withdrawal, for operators.
WithdrawalDetail = TypedDict(
    "WithdrawalDetail",
    {
        "id": 'str',
        "object": 'Literal["withdrawal"]',
        "state": 'WithdrawalState',
        "chain": 'str',
        "asset": 'str',
        "to": 'str',
        "amount": 'str',
        "fee": 'str',
        "reference": 'Union[str, None]',
        "priority": 'Priority',
        "metadata": 'dict[str, str]',
        "bulkId": 'Union[str, None]',
        "transaction": 'Union[WithdrawalTransaction, None]',
        "failure": 'Union[WithdrawalFailure, None]',
        "review": 'Union[WithdrawalReview, None]',
        "createdAt": 'str',
        "updatedAt": 'str',
        "confirmedAt": 'Union[str, None]',
        "organisation": 'OrganisationName',
        "planCount": 'int',
        "notBefore": 'str',
        "failureCause": 'Union[Literal["ours", "recipient", "decision"], None]',
        "events": 'list[WithdrawalDetailEventsItem]',
        "chainTxs": 'list[ChainTx]',
        "ledger": 'list[LedgerRow]',
        "decision": 'Union[FullDecision, None]',
        "reviews": 'list[Review]',
        "deadLetters": 'list[DeadLetter]',
        "notes": 'list[WithdrawalDetailNotesItem]',
        "verbs": 'list[WithdrawalDetailVerbsItem]',
        "retryOf": 'Union[str, None]',
        "retriedAs": 'Union[str, None]',
        "deliveries": 'list[WithdrawalDetailDeliveriesItem]',
        "actions": 'list[WithdrawalAction]',
    },
)

# One change of state.
WithdrawalEvent = TypedDict(
    "WithdrawalEvent",
    {
        "from": 'Union[WithdrawalState, None]',
        "to": 'WithdrawalState',
        "actor": 'str',
        "reason": 'str',
        "at": 'str',
    },
)

# Every change of state, oldest first.
WithdrawalEvents = TypedDict(
    "WithdrawalEvents",
    {
        "data": 'list[WithdrawalEvent]',
    },
)

# Why nothing was paid.
WithdrawalFailure = TypedDict(
    "WithdrawalFailure",
    {
        "code": 'str',
        "message": 'str',
        "retryable": 'bool',
    },
)

WithdrawalFeeTerms = TypedDict(
    "WithdrawalFeeTerms",
    {
        "flat": 'str',
        "basisPoints": 'int',
        "gasPercent": 'int',
        "minimum": 'str',
        "maximum": 'Union[str, None]',
    },
)

# How the fee of a withdrawal is made up. Kept for ever.
WithdrawalFee = TypedDict(
    "WithdrawalFee",
    {
        "object": 'Literal["withdrawal_fee"]',
        "chain": 'str',
        "asset": 'str',
        "organisationId": 'Union[str, None]',
        "version": 'int',
        "terms": 'Union[WithdrawalFeeTerms, None]',
        "actor": 'str',
        "reason": 'str',
        "at": 'str',
    },
)

WithdrawalFeeList = TypedDict(
    "WithdrawalFeeList",
    {
        "data": 'list[WithdrawalFee]',
    },
)

# Withdrawals, newest first.
WithdrawalPage = TypedDict(
    "WithdrawalPage",
    {
        "data": 'list[Withdrawal]',
        "nextCursor": 'Union[str, None]',
    },
)

WithdrawalQuoteLimits = TypedDict(
    "WithdrawalQuoteLimits",
    {
        "perWithdrawal": 'str',
        "daily": 'str',
        "usedToday": 'str',
    },
)

WithdrawalQuoteRefusal = TypedDict(
    "WithdrawalQuoteRefusal",
    {
        "code": 'str',
        "message": 'str',
    },
)

# What a withdrawal would cost. Nothing is reserved.
WithdrawalQuote = TypedDict(
    "WithdrawalQuote",
    {
        "object": 'Literal["withdrawal_quote"]',
        "chain": 'str',
        "asset": 'str',
        "amount": 'str',
        "fee": 'str',
        "total": 'str',
        "available": 'str',
        "minimum": 'str',
        "maximum": 'Union[str, None]',
        "limits": 'Union[WithdrawalQuoteLimits, None]',
        "accepted": 'bool',
        "refusal": 'Union[WithdrawalQuoteRefusal, None]',
    },
)

# Who must decide before it goes on, and until when.
WithdrawalReview = TypedDict(
    "WithdrawalReview",
    {
        "id": 'str',
        "quorum": 'int',
        "approvals": 'int',
        "reasons": 'list[ReviewReason]',
        "expiresAt": 'str',
    },
)

WithdrawalStateCount = TypedDict(
    "WithdrawalStateCount",
    {
        "state": 'WithdrawalState',
        "count": 'int',
        "isExact": 'bool',
    },
)

# A withdrawal of yours reached a state.
WithdrawalStateEvent = TypedDict(
    "WithdrawalStateEvent",
    {
        "id": 'str',
        "type": 'Literal["withdrawal.pending", "withdrawal.review", "withdrawal.signed", "withdrawal.broadcasted", "withdrawal.confirming", "withdrawal.confirmed", "withdrawal.failed", "withdrawal.canceled"]',
        "timestamp": 'str',
        "data": 'WithdrawalThen',
    },
)

# The withdrawal as it was at that moment. `confirmations` are those that its state stands for: 1 when a block holds
# it, the required ones when it is final.
WithdrawalThen = TypedDict(
    "WithdrawalThen",
    {
        "id": 'str',
        "object": 'Literal["withdrawal"]',
        "state": 'WithdrawalState',
        "chain": 'str',
        "asset": 'str',
        "to": 'str',
        "amount": 'str',
        "fee": 'str',
        "reference": 'Union[str, None]',
        "priority": 'Priority',
        "metadata": 'dict[str, str]',
        "bulkId": 'Union[str, None]',
        "transaction": 'Union[WithdrawalTransaction, None]',
        "failure": 'Union[WithdrawalFailure, None]',
        "createdAt": 'str',
        "updatedAt": 'str',
        "confirmedAt": 'Union[str, None]',
        "sequence": 'int',
    },
)

# The chain's side of a withdrawal.
WithdrawalTransaction = TypedDict(
    "WithdrawalTransaction",
    {
        "hash": 'Union[str, None]',
        "subAccount": 'str',
        "nonce": 'int',
        "blockNumber": 'Union[int, None]',
        "confirmations": 'int',
        "requiredConfirmations": 'int',
        "explorerUrl": 'Union[str, None]',
    },
)

CreateAlertChannel1 = TypedDict(
    "CreateAlertChannel1",
    {
        "kind": 'Literal["webhook"]',
        "name": 'str',
        "severity": NotRequired['Literal["warning", "critical"]'],
        "url": 'str',
    },
)

CreateAlertChannel2 = TypedDict(
    "CreateAlertChannel2",
    {
        "kind": 'Literal["email"]',
        "name": 'str',
        "severity": NotRequired['Literal["warning", "critical"]'],
        "to": 'list[str]',
    },
)

CreateAlertChannel = Union[CreateAlertChannel1, CreateAlertChannel2]

Me1 = TypedDict(
    "Me1",
    {
        "object": 'Literal["me"]',
        "kind": 'Literal["person"]',
        "id": 'str',
        "name": 'str',
        "email": 'str',
        "role": 'Literal["viewer", "operator", "approver", "admin", "auditor"]',
        "organisationId": 'str',
        "organisationName": 'str',
        "apiKeyId": 'str',
        "network": 'Literal["test", "live"]',
        "scopes": 'list[str]',
        "sessionId": 'str',
        "secondFactor": 'SecondFactor',
        "provenAt": 'Union[str, None]',
        "provenUntil": 'Union[str, None]',
    },
)

Me2 = TypedDict(
    "Me2",
    {
        "object": 'Literal["me"]',
        "kind": 'Literal["apiKey"]',
        "id": 'str',
        "organisationId": 'str',
        "organisationName": 'str',
        "network": 'Literal["test", "live"]',
        "scopes": 'list[str]',
    },
)

Me = Union[Me1, Me2]

PolicyState = Literal["DRAFT", "ACTIVE", "RETIRED"]

Priority = Literal["STANDARD", "VIP", "EMERGENCY"]

ReviewState = Literal["OPEN", "APPROVED", "DENIED", "EXPIRED", "CANCELED", "OVERTAKEN"]

StreamEvent = Union[WithdrawalStateEvent, DepositStateEvent, BulkCompletedEvent, EndpointOutOfUseEvent]

Verdict = Literal["ALLOW", "REVIEW", "DENY"]

WithdrawalState = Literal["PENDING", "VALIDATING", "REVIEW", "SIGNING", "SIGNED", "BROADCASTING", "BROADCASTED", "CONFIRMING", "CONFIRMED", "FAILED", "CANCELED"]
