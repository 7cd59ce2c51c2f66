/** Who calls. Every store function that reads or writes tenant data takes the organisation from here. */
export type Caller = {
  readonly organisationId: string;
  readonly apiKeyId: string;
  /** `test` reaches local and test networks, `live` main networks. */
  readonly network: 'test' | 'live';
  readonly scopes: readonly string[];
  readonly requestsPerMinuteMax: number;
};
