// A person without a mouse: every act below is made of key presses alone.

const MOST = 250;

/** What the focus is on: its role-like kind and what a screen reader would say of it. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { kind: 'body', name: '' };
    const label = element.labels?.[0]?.textContent ?? '';
    const name = element.getAttribute('aria-label') || label || element.textContent || '';
    return { kind: element.tagName.toLowerCase(), type: element.type ?? '', name: name.replace(/\s+/g, ' ').trim() };
  });
}

/** Tabs until the focus is on what bears this name. */
export async function reach(page, kind, name) {
  const seen = [];
  for (let presses = 0; presses < MOST; presses += 1) {
    const now = await focused(page);
    const fits = typeof name === 'string' ? now.name === name : name.test(now.name);
    if (fits && kind.includes(now.kind)) return;
    seen.push(`${now.kind}:${now.name}`);
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${kind} ${name}; met ${[...new Set(seen)].slice(0, 40).join(' | ')}`);
}

/** Presses a button. */
export async function press(page, name) {
  await reach(page, ['button'], name);
  await page.keyboard.press('Enter');
}

/** Follows a link. */
export async function follow(page, name) {
  await reach(page, ['a'], name);
  await page.keyboard.press('Enter');
}

/** Types into a field, over what stands there. */
export async function type(page, label, text) {
  await reach(page, ['input', 'textarea'], label);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** Chooses in a list with the arrows. */
export async function choose(page, label, option) {
  await reach(page, ['select'], label);
  await page.keyboard.press('Home');
  for (let presses = 0; presses < MOST; presses += 1) {
    const now = await page.evaluate(() => document.activeElement.selectedOptions[0]?.textContent ?? '');
    if (now.includes(option)) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`${label} has no ${option}`);
}

/** Checks a radio button of a group with the arrows. */
export async function pick(page, name) {
  for (let presses = 0; presses < MOST; presses += 1) {
    const now = await focused(page);
    if (now.type === 'radio') break;
    await page.keyboard.press('Tab');
  }
  for (let presses = 0; presses < 10; presses += 1) {
    if ((await focused(page)).name === name) {
      await page.keyboard.press('Space');
      return;
    }
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`no radio button ${name}`);
}

/** Ticks a box. */
export async function tick(page, name) {
  await reach(page, ['input'], name);
  await page.keyboard.press('Space');
}

/** Opens a file chooser with the space bar and gives it a file. */
export async function file(page, label, path) {
  await reach(page, ['input'], label);
  // The browser sometimes swallows the first press after the window has been resized; a person presses again.
  for (let presses = 1; ; presses += 1) {
    const opened = page.waitForEvent('filechooser', { timeout: 3000 }).catch(() => null);
    await page.keyboard.press(presses % 2 ? 'Space' : 'Enter');
    const chooser = await opened;
    if (chooser) return chooser.setFiles(path);
    if (presses === 4) throw new Error(`${label} opens no file chooser`);
  }
}

/** Waits for the page of this title, whose heading has the focus. */
export async function arrive(page, title) {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
}
