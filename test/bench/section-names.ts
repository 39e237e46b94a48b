/** In the order in which they are measured. */
export const sectionNames = ['start', 'sip', 'store', 'media', 'calls', 'busy', 'upkeep', 'budget', 'allocation', 'short', 'flat', 'many', 'stored'] as const;
export type SectionName = (typeof sectionNames)[number];
