//! Tables in Markdown.

/// Returns a table; the first column is text, the others are numbers and stand to the right.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|", head.join(" | "));
    for column in 0..head.len() {
        text += if column == 0 { " --- |" } else { " ---: |" };
    }
    text.push('\n');
    for row in rows {
        text += &format!("| {} |\n", row.join(" | "));
    }
    text.push('\n');
    text
}

/// Returns a number with as many digits as tell something: three.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    let digits = if size >= 100.0 || size == 0.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 1.0 {
        2
    } else {
        4
    };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown() {
        let text = table(&["a", "b"], &[vec!["x".to_owned(), "1".to_owned()]]);
        assert_eq!(text, "| a | b |\n| --- | ---: |\n| x | 1 |\n\n");
        assert_eq!([0.0, 0.99812, 1.234, 12.34, 1234.5].map(number), ["0", "0.9981", "1.23", "12.3", "1234"]);
    }
}
