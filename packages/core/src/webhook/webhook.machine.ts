/**
 * States of an endpoint and of a message, and the only steps between them. The tables `webhook_endpoint_transition` and
 * `webhook_message_transition` mirror these, a test holds them equal, and a trigger refuses every other step.
 */
export const endpointStates = ['ACTIVE', 'PAUSED', 'DISABLED', 'DELETED'] as const;
export type EndpointState = (typeof endpointStates)[number];

export const endpointTransitions: readonly { from: EndpointState; to: EndpointState }[] = [
  { from: 'ACTIVE', to: 'PAUSED' },
  { from: 'ACTIVE', to: 'DISABLED' },
  { from: 'PAUSED', to: 'ACTIVE' },
  { from: 'DISABLED', to: 'ACTIVE' },
  { from: 'ACTIVE', to: 'DELETED' },
  { from: 'PAUSED', to: 'DELETED' },
  { from: 'DISABLED', to: 'DELETED' },
];

export const messageStates = ['PENDING', 'DELIVERED', 'FAILED', 'SKIPPED'] as const;
export type MessageState = (typeof messageStates)[number];

export const messageTransitions: readonly { from: MessageState; to: MessageState }[] = [
  { from: 'PENDING', to: 'DELIVERED' },
  { from: 'PENDING', to: 'FAILED' },
  { from: 'PENDING', to: 'SKIPPED' },
  // Somebody asked for it once more.
  { from: 'DELIVERED', to: 'PENDING' },
  { from: 'FAILED', to: 'PENDING' },
  { from: 'SKIPPED', to: 'PENDING' },
];

/** Why an endpoint is not in use: its owner said so, it failed for long, or it answered 410. */
export const endpointReasons = ['asked', 'failing', 'gone'] as const;
export type EndpointReason = (typeof endpointReasons)[number];
