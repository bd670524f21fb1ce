// Addresses: the history of the browser, one page at a time, focus on its title after each change.

type Place = { path: string; search: URLSearchParams; fragment: string };

function read(): Place {
  const { pathname, search, hash } = window.location;
  return { path: pathname.replace(/\/+$/, '') || '/', search: new URLSearchParams(search), fragment: hash.slice(1) };
}

let place = $state.raw<Place>(read());

/** Where the person is. */
export const here = {
  get path() {
    return place.path;
  },
  get search() {
    return place.search;
  },
  get fragment() {
    return place.fragment;
  },
};

/** Goes elsewhere. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  place = read();
}

/** Puts a filter in the address without adding to the history. */
export function remember(values: Record<string, string>): void {
  const search = new URLSearchParams(place.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const text = search.toString();
  go(text ? `${place.path}?${text}` : place.path, { replace: true });
}

/** Follows links of the application without loading the page again. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== window.location.origin) return;
  const to = new URL(link.href);
  if (to.pathname === window.location.pathname && to.hash) return;
  if (/^\/(sittings|absences|messages\/[^/]+\/attachments|candidate|imports\/)/.test(to.pathname)) return;
  event.preventDefault();
  go(to.pathname + to.search + to.hash);
}

window.addEventListener('popstate', () => {
  place = read();
});

/** Titles the page and brings the focus to its heading: a screen reader hears where it is. */
export function arrived(heading: HTMLElement, title: string): void {
  document.title = `${title} – Délos`;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
