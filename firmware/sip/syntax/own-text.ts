/** The same text in memory of its own, for who keeps it: one that was put together holds all its pieces, and each of them the text that it was cut from. */
export const ownText = (text: string): string => Buffer.from(text).toString();
