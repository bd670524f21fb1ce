// Own icons: 20 px, stroke 1.6; never without a word beside them.
export const icons = {
  absent: '<circle cx="8.500" cy="6.800" r="3.300"/><path d="M2 17c.7-3.500 3.300-5.200 6.500-5.200 1 0 2 .2 2.900.5M12.500 15.500h5.500"/>',
  agenda: '<rect x="3" y="4.500" width="14" height="12.500" rx="1.500"/><path d="M3 8.500h14M7 2.500v4M13 2.500v4"/>',
  alerte: '<path d="M10 3 18 17H2z"/><path d="M10 8v4M10 14.300v.01"/>',
  aller: '<path d="M3.500 10h13M11.500 5l5 5-5 5"/>',
  brouillon: '<circle cx="10" cy="10" r="7" stroke-dasharray="2.500 2.500"/><path d="M7.500 10h5"/>',
  charger: '<path d="M10 2.500v9.500M6.300 8.700 10 12.300l3.700-3.600M3 16.500h14"/>',
  chercher: '<circle cx="9" cy="9" r="5.500"/><path d="m13.200 13.200 4.300 4.300"/>',
  cours: '<circle cx="10" cy="10" r="7"/><path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/>',
  doute: '<path d="M10 2.500 17.500 10 10 17.500 2.500 10z"/><path d="M8.300 8.400a1.800 1.800 0 1 1 2.400 1.700c-.5.2-.7.5-.7 1"/><path d="M10 13.300v.01"/>',
  echec: '<path d="M6.900 2.500h6.200l4.400 4.400v6.200l-4.400 4.400H6.900l-4.400-4.400V6.900z"/><path d="M10 6v5M10 13.800v.01"/>',
  envoi: '<path d="M3 10.2 17 3.5l-3.6 13.2-4-4.6z"/><path d="m9.400 12.100 7.400-8.400"/>',
  fichier: '<path d="M5 2.500h6.500L15.500 6.500v11h-10.500z"/><path d="M11.500 2.500v4h4M7.500 10.500h5M7.500 13.500h5"/>',
  horloge: '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.300l2.800 1.800"/>',
  lieu: '<path d="M10 17.500s5.500-5 5.500-9.300a5.500 5.500 0 0 0-11 0c0 4.300 5.500 9.300 5.500 9.300z"/><circle cx="10" cy="8" r="1.900"/>',
  oeil: '<path d="M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5z"/><circle cx="10" cy="10" r="2.300"/>',
  personne: '<circle cx="10" cy="6.800" r="3.300"/><path d="M3.500 17c.7-3.500 3.300-5.200 6.500-5.200s5.800 1.700 6.500 5.200"/>',
  prete: '<circle cx="10" cy="10" r="7"/>',
  retour: '<path d="M7 5 3 9l4 4M3.500 9h8a5 5 0 0 1 0 8H8"/>',
  theme: '<circle cx="10" cy="10" r="7"/><path d="M10 3a7 7 0 0 0 0 14z" fill="currentColor"/><path d="M10 3v14"/>',
  valide: '<circle cx="10" cy="10" r="7"/><path d="m6.800 10.200 2.300 2.300 4.200-4.700"/>',
  reserve: '<circle cx="10" cy="10" r="7"/><path d="M10 9.300v4M10 6.500v.01"/>',
  cadenas: '<rect x="4" y="9" width="12" height="8" rx="1.500"/><path d="M6.800 9V6.500a3.200 3.200 0 0 1 6.400 0V9"/>',
} as const;

export type IconName = keyof typeof icons;
