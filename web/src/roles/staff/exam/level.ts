// The sign of a level: a dashed box with a bar, or one to four rising bars, counted. Drawn once, by the page's own markup.
export const bars = [
  { x: 0.5, y: 10.5, h: 5 },
  { x: 7.2, y: 7.2, h: 8.3 },
  { x: 13.9, y: 3.9, h: 11.6 },
  { x: 20.6, y: 0.6, h: 14.9 },
] as const;
