// What a browser says of a field that it does not accept, in French whatever the language of the browser.

type Entry = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Words the fault of a field; a form calls it before it shows one. */
export function word(event: Event): void {
  const entry = event.currentTarget as Entry;
  entry.setCustomValidity('');
  const { valueMissing, typeMismatch, badInput, rangeOverflow, rangeUnderflow } = entry.validity;
  if (valueMissing) entry.setCustomValidity(entry instanceof HTMLSelectElement ? 'Choisissez dans la liste.' : 'Remplissez ce champ.');
  else if (typeMismatch) entry.setCustomValidity('Écrivez une seule adresse, sans accent ni espace, de la forme nom@domaine.fr.');
  else if (badInput || rangeOverflow || rangeUnderflow) entry.setCustomValidity('Écrivez une date entière, qui existe : jour, mois, année.');
}

/** Forgets the fault as soon as the field changes. */
export function forget(event: Event): void {
  (event.currentTarget as Entry).setCustomValidity('');
}
