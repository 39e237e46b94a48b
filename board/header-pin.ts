/** What a pin of a board's header is: a supply or ground, or a GPIO. `taken`: what the board itself has on it. */
export type HeaderPin = { readonly supply: string } | { readonly gpio: number; readonly taken?: string };
