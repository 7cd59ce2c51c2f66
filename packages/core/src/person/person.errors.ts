/** Everything the domain of people and their keys refuses. */
export type PersonErrorCode =
  | 'person_not_found'
  | 'person_is_member'
  | 'people_too_many'
  | 'last_admin'
  | 'own_membership'
  | 'invitation_not_found'
  | 'invitation_not_valid'
  | 'scope_not_grantable'
  | 'api_key_not_found';
