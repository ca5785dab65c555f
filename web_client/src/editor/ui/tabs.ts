/** Tabs of the panel for arranging, in their order. */
export const ARRANGE_TABS = ["add", "works", "thing", "here", "earlier"] as const;
export type ArrangeTab = (typeof ARRANGE_TABS)[number];
