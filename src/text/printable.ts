/** Makes untrusted text safe for a terminal: control characters and direction marks, which could redraw it, become `?`. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, "?");
}
