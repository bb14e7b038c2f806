/** A page of docs/reference. */
export interface Page {
  /** File name within docs/reference. */
  readonly file: string;
  render(): string;
}

/** The head of a generated Markdown page. */
export function pageHead(title: string, source: string): string {
  return `<!-- Made by \`npm run docs\` from ${source}. Change it there. -->\n\n# ${title}\n`;
}

/** A Markdown table; pipes and line ends within cells are escaped. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text as a code span, even when it holds backticks; empty text stays empty. */
export function code(text: string): string {
  if (text === "") {
    return "";
  }
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
