/** Whether two values are the same JSON, in whichever order their members come. */
export const isSameJson = (left: unknown, right: unknown): boolean => inOrder(left) === inOrder(right);

const inOrder = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (isMembers(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part));
const isMembers = (part: unknown): part is object => typeof part === 'object' && part !== null && !Array.isArray(part);
