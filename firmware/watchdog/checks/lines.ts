import { whileUp, type HealthCheck } from '../health-check.ts';

export interface LineAlarm {
  readonly name: string;
  /** A sentence. */
  readonly text: string;
}

/** `alarms`: the configured lines that cannot be used. */
export function lines(alarms: () => readonly LineAlarm[]): HealthCheck {
  return {
    name: 'lines',
    about: 'the analog lines can be used',
    runsIn: whileUp,
    everyRounds: 1,
    look() {
      const [first, ...others] = alarms();
      if (first === undefined) return null;
      return `${first.text.replace(/\.$/, '')}${others.length === 0 ? '' : `; nor can ${others.map(({ name }) => name).join(', ')} be used`}`;
    },
  };
}
