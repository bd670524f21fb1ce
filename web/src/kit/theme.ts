// Light or dark: the machine's choice until the person makes one, kept on this post.
const KEY = 'delos.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** The theme shown now. */
export function theme(): 'clair' | 'sombre' {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'clair' || chosen === 'sombre') return chosen;
  return dark.matches ? 'sombre' : 'clair';
}

/** Puts back the theme that the person chose on this post. */
export function restore(): void {
  try {
    const kept = window.localStorage.getItem(KEY);
    if (kept) document.documentElement.dataset['theme'] = kept;
  } catch {
    // Storage is refused: the machine's choice holds.
  }
}

/** Changes to the other theme and remembers it. */
export function toggle(): 'clair' | 'sombre' {
  const next = theme() === 'sombre' ? 'clair' : 'sombre';
  document.documentElement.dataset['theme'] = next;
  try {
    window.localStorage.setItem(KEY, next);
  } catch {
    // Not remembered: nothing else depends on it.
  }
  return next;
}
