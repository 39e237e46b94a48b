import * as v from 'valibot';

/**
 * The kinds of value that occur in the configuration. Each carries, beside its checks, what faults, documentation, the sample
 * file and editors tell people about it: a sentence, a unit, a default, and for free text the form it must have.
 */
export interface About {
  /** One sentence. */
  readonly about: string;
}

interface NumberAbout extends About {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Values are a multiple of this (RTP ports are even). */
  readonly step?: number;
}

/** A whole number with unit, range and default. */
export function wholeNumber(facts: NumberAbout) {
  const checked = v.pipe(
    v.number(),
    v.integer(),
    v.minValue(facts.min),
    v.maxValue(facts.max),
    facts.step === undefined ? v.integer() : v.multipleOf(facts.step),
    v.description(facts.about),
    v.metadata({ unit: facts.unit }),
  );
  return v.optional(checked, facts.default);
}

/** A whole number or nothing; nothing is the default. */
export function wholeNumberOrNull({ unit, min, max, about }: Omit<NumberAbout, 'default' | 'step'>) {
  const checked = v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), v.description(about), v.metadata({ unit }));
  return v.optional(v.pipe(v.nullable(checked), v.description(about)), null);
}

/** true or false, with a default. */
export function flag(facts: About & { readonly default: boolean }) {
  return v.optional(v.pipe(v.boolean(), v.description(facts.about)), facts.default);
}

/** The text rules that occur: `form` completes the sentence "must be ...". */
export interface TextForm {
  readonly form: string;
  readonly accepts: (text: string) => boolean;
}

interface TextAbout extends About {
  readonly is: TextForm;
  /** Never shown: not in faults, not on the console. */
  readonly secret?: boolean;
}

/** Text of a given form, without a default. */
export function text(facts: TextAbout) {
  return v.pipe(
    v.string(),
    v.check(facts.is.accepts),
    v.description(facts.about),
    v.metadata({ form: facts.is.form, ...(facts.secret === true ? { secret: true } : {}) }),
  );
}

/** Text or nothing; nothing is the default. */
export function textOrNull(facts: TextAbout) {
  return v.optional(v.pipe(v.nullable(text(facts)), v.description(facts.about)), null);
}

/** One word out of a few, without a default. */
export function choice<const Words extends readonly string[]>(words: Words, facts: About) {
  return v.pipe(v.picklist(words), v.description(facts.about));
}
