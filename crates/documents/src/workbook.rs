//! Tables as a workbook (XLSX, ECMA-376) that spreadsheets open: numbers are numbers, texts are never formulas.
//!
//! Same tables, same bytes: the workbook bears a fixed date and no name of a machine. Columns are as wide as what they hold,
//! the header stays in sight and is printed on every page.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError,
};

use crate::DocumentError;

/// Most rows of a sheet under its header.
pub const MAX_ROWS: usize = 1_048_575;
/// Most columns of a sheet.
pub const MAX_COLUMNS: usize = 16_384;
/// Most UTF-16 units of a text.
pub const MAX_TEXT: usize = 32_767;
/// Most UTF-16 units of the name of a sheet.
const MAX_NAME: usize = 31;
/// Widths of columns, in characters.
const WIDTHS: (usize, usize) = (7, 60);
/// Rows whose texts are measured: a column is as wide as what most of it holds.
const MEASURED: usize = 2_000;

/// A workbook.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Workbook {
    /// Its title, in its properties.
    pub title: String,
    /// Its sheets, in their order.
    pub sheets: Vec<Sheet>,
}

/// One table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sheet {
    /// Its name. What no spreadsheet allows in one is replaced, and two of one name are told apart by a number.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Its rows, a cell a column; cells that lack at the end are empty.
    pub rows: Vec<Vec<Cell>>,
    /// How many columns stay in sight, beside the header, when one goes to the right.
    pub frozen_columns: u16,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its header, in French, with its unit if it has one: « Sévérité (points) ».
    pub header: String,
    /// How its numbers are shown.
    pub kind: Kind,
}

impl Column {
    /// A column.
    pub fn new(header: impl Into<String>, kind: Kind) -> Self {
        Self {
            header: header.into(),
            kind,
        }
    }
}

/// How the numbers of a column are shown; what is kept is the number itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Texts.
    Text,
    /// Whole numbers.
    Whole,
    /// This many decimals.
    Decimals(u8),
    /// This many decimals, with a sign before numbers above zero too.
    Signed(u8),
    /// Shares, 0.25 being shown as 25 %, with this many decimals.
    Percent(u8),
}

/// A cell.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text, whatever it begins with; an empty one is nothing.
    Text(String),
    /// A number; one that is not finite is nothing.
    Number(f64),
    /// `oui` or `non`.
    YesNo(bool),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::YesNo(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl Kind {
    /// The format of its numbers, in the language of the file format; a spreadsheet shows it in its own.
    fn number_format(self) -> String {
        let decimals = |count: u8| match count {
            0 => "0".to_owned(),
            count => format!("0.{}", "0".repeat(usize::from(count.min(15)))),
        };
        match self {
            Self::Text => "General".to_owned(),
            Self::Whole => "0".to_owned(),
            Self::Decimals(count) => decimals(count),
            Self::Signed(count) => {
                let plain = decimals(count);
                format!("+{plain};-{plain};{plain}")
            }
            Self::Percent(count) => format!("{} %", decimals(count)),
        }
    }

    /// How many characters a number takes.
    fn width(self) -> usize {
        match self {
            Self::Text => 10,
            Self::Whole => 7,
            Self::Decimals(count) | Self::Signed(count) => 6 + usize::from(count),
            Self::Percent(count) => 8 + usize::from(count),
        }
    }
}

impl From<XlsxError> for DocumentError {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

/// The formats of a column.
struct Formats {
    number: Format,
    text: Format,
    /// A text that a spreadsheet would take for a formula if somebody typed it: it stays a text when it is edited.
    quoted: Format,
}

/// Writes a workbook.
///
/// # Errors
/// A sheet of more rows or columns than the format has, a row with more cells than columns, a text beyond [`MAX_TEXT`].
pub fn write(workbook: &Workbook) -> Result<Vec<u8>, DocumentError> {
    let mut file = rust_xlsxwriter::Workbook::new();
    // The writer would put the hour of the machine there.
    let properties = DocProperties::new()
        .set_title(clean(&workbook.title))
        .set_author("Délos")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    file.set_properties(&properties);
    let names = names(&workbook.sheets);
    for (place, (sheet, name)) in workbook.sheets.iter().zip(names).enumerate() {
        let page = file.add_worksheet();
        page.set_name(name)?;
        fill(page, sheet, place)?;
    }
    if workbook.sheets.is_empty() {
        // A workbook has a sheet at least.
        file.add_worksheet().set_name("Feuille 1")?;
    }
    Ok(file.save_to_buffer()?)
}

fn too_long(place: String, most: usize, unit: &'static str) -> DocumentError {
    DocumentError::TooLong { place, most, unit }
}

fn fill(page: &mut Worksheet, sheet: &Sheet, place: usize) -> Result<(), DocumentError> {
    let at = |rest: &str| format!("sheets.{place}.{rest}");
    if sheet.columns.len() > MAX_COLUMNS {
        return Err(too_long(at("columns"), MAX_COLUMNS, "items"));
    }
    if sheet.rows.len() > MAX_ROWS {
        return Err(too_long(at("rows"), MAX_ROWS, "items"));
    }
    let header = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00E8_ECF2))
        .set_border_bottom(FormatBorder::Thin);
    let mut formats = Vec::with_capacity(sheet.columns.len());
    for (index, column) in (0_u16..).zip(&sheet.columns) {
        text(page, (0, index), &column.header, &header, &header, || {
            at(&format!("columns.{index}"))
        })?;
        page.set_column_width(index, width(sheet, usize::from(index)))?;
        formats.push(Formats {
            number: Format::new().set_num_format(column.kind.number_format()),
            text: Format::new(),
            quoted: Format::new().set_quote_prefix(),
        });
    }
    for (index, row) in (1_u32..).zip(&sheet.rows) {
        if row.len() > sheet.columns.len() {
            let place = at(&format!("rows.{}", index - 1));
            return Err(too_long(place, sheet.columns.len(), "items"));
        }
        for (column, (cell, formats)) in (0_u16..).zip(row.iter().zip(&formats)) {
            match cell {
                Cell::Empty => {}
                Cell::Number(number) if !number.is_finite() => {}
                Cell::Number(number) => {
                    page.write_number_with_format(index, column, *number, &formats.number)?;
                }
                Cell::YesNo(value) => {
                    let value = if *value { "oui" } else { "non" };
                    page.write_string(index, column, value)?;
                }
                Cell::Text(value) => {
                    let spot = (index, column);
                    text(page, spot, value, &formats.text, &formats.quoted, || {
                        at(&format!("rows.{}.{column}", index - 1))
                    })?;
                }
            }
        }
    }
    page.set_freeze_panes(1, sheet.frozen_columns)?;
    if let (Some(last), false) = (sheet.columns.len().checked_sub(1), sheet.rows.is_empty()) {
        let last_row = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
        page.autofilter(0, 0, last_row, u16::try_from(last).unwrap_or(u16::MAX))?;
    }
    page.set_landscape();
    // A4, as wide as one page and as long as need be.
    page.set_paper_size(9);
    page.set_print_fit_to_pages(1, 0);
    page.set_repeat_rows(0, 0)?;
    page.set_footer("&C&P / &N");
    Ok(())
}

/// Writes a text as a text.
fn text(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    plain: &Format,
    quoted: &Format,
    place: impl Fn() -> String,
) -> Result<(), DocumentError> {
    if text.is_empty() {
        return Ok(());
    }
    if utf16(text) > MAX_TEXT {
        return Err(too_long(place(), MAX_TEXT, "characters"));
    }
    let format = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        quoted
    } else {
        plain
    };
    if text.starts_with("<r>") && text.ends_with("</r>") {
        // The writer takes such a text for markup of its own and leaves it as it is; given as one run, it is escaped.
        let run = text.replace("_x", "_x005F_x");
        page.write_rich_string_with_format(row, column, &[(&Format::default(), &run)], format)?;
    } else {
        page.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text without control characters, for properties and names.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// The names of the sheets: allowed, and each once whatever its case.
fn names(sheets: &[Sheet]) -> Vec<String> {
    // Spreadsheets keep this one for themselves.
    let mut taken = vec!["history".to_owned()];
    let mut names = Vec::with_capacity(sheets.len());
    for (place, sheet) in sheets.iter().enumerate() {
        let allowed: String = clean(&sheet.name)
            .chars()
            .map(|c| match c {
                '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '-',
                c => c,
            })
            .collect();
        let allowed = allowed.trim_matches(['\'', ' ']);
        let wanted = if allowed.is_empty() {
            format!("Feuille {}", place + 1)
        } else {
            allowed.to_owned()
        };
        let mut name = cut(&wanted, MAX_NAME);
        let mut again = 1;
        while taken.contains(&name.to_lowercase()) {
            again += 1;
            let mark = format!(" ({again})");
            name = cut(&wanted, MAX_NAME - mark.len()) + &mark;
        }
        taken.push(name.to_lowercase());
        names.push(name);
    }
    names
}

/// The first characters of a name, `most` UTF-16 units at most, ending with no apostrophe nor blank.
fn cut(name: &str, most: usize) -> String {
    let mut held = 0;
    let cut: String = name
        .chars()
        .take_while(|c| {
            held += c.len_utf16();
            held <= most
        })
        .collect();
    cut.trim_end_matches(['\'', ' ']).to_owned()
}

/// The width of a column: that of its longest text or number, the header being free to take several lines.
fn width(sheet: &Sheet, column: usize) -> u16 {
    let Column { header, kind } = &sheet.columns[column];
    let word = header
        .split_whitespace()
        .map(|word| word.chars().count())
        .max()
        .unwrap_or(0);
    let third = header.chars().count().div_ceil(3);
    let cells = sheet
        .rows
        .iter()
        .take(MEASURED)
        .filter_map(|row| row.get(column))
        .map(|cell| match cell {
            Cell::Empty | Cell::YesNo(_) => 3,
            Cell::Text(text) => text.chars().take(WIDTHS.1).count(),
            Cell::Number(_) => kind.width(),
        })
        .max()
        .unwrap_or(0);
    // Two more for the arrow of the filter.
    let width = (word + 2).max(third).max(cells + 1);
    u16::try_from(width.clamp(WIDTHS.0, WIDTHS.1)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
