/**
 * A named condition as people write it: one JSON document beside the flows. Its test is built from elements (VoiceMail Pro's Calendar, Week
 * Planner, Condition, Compare) joined by and, or, not.
 */
export interface ConditionDocument {
  readonly form: 1;
  readonly name: string;
  readonly about: string;
  readonly test: Test;
}

export type Test =
  /** One of these days, YYYY-MM-DD, in the time zone of the unit. */
  | { readonly calendar: readonly string[] }
  | { readonly week: Week }
  /** Another condition by its name. */
  | { readonly condition: string }
  | { readonly compare: Comparison }
  | { readonly and: readonly Test[] }
  | { readonly or: readonly Test[] }
  | { readonly not: Test };

/** ISO 8601 order. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** Days that are left out have no hours. */
export type Week = { readonly [Day in Weekday]?: Hours };

/** Wall clock, HH:MM. `from` is inside, `to` is not. A `to` before `from` is on the next day; '24:00' is the end of this one. */
export interface Hours {
  readonly from: string;
  readonly to: string;
}

export const comparisons = ['=', '!=', '<', '>', '<=', '>='] as const;
export type ComparisonSign = (typeof comparisons)[number];

/** Variables in `a` and `b` are filled in ('$POS', '$REG[open]'). */
export interface Comparison {
  readonly a: string;
  readonly is: ComparisonSign;
  readonly b: string;
}

/** As VoiceMail Pro has it. */
export const mostCalendarDays = 255;
/** Elements of one condition, those in and, or, not among them; how deep they nest. */
export const mostElements = 200;
export const mostDepth = 8;
/** Conditions that lead from one to another. */
export const mostChained = 16;
export const mostConditionBytes = 16 * 1024;
export const mostConditions = 200;
