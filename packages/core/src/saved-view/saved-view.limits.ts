/** Of one list, in one organisation: more nobody finds again in a menu. */
export const VIEWS_MAX = 100;
