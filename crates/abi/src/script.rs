//! What the kernel makes of a file that begins with `#!` (fs/binfmt_script.c).

/// The part of a file that decides what it is (BINPRM_BUF_SIZE).
pub const HEAD: usize = 256;

/// Takes apart what follows `#!`, exactly as the kernel does (`load_script`): the interpreter and
/// at most one argument, which may be empty.
pub fn line(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    let ends_word = |b: &u8| blank(b) || *b == 0;
    // The kernel's buffer is filled up with NULs, and its last byte never counts.
    let line = &line[..line.len().min(HEAD - 3)];
    let line = match line.iter().position(|b| matches!(b, b'\n' | 0)) {
        Some(end) if line[end] == b'\n' => &line[..end],
        Some(_) => line,
        // Without a line's end, a name that fills the buffer may have been cut off.
        None if line.len() < HEAD - 3 => line,
        None => {
            let name = line.iter().position(|b| !blank(b))?;
            line[name..].iter().position(ends_word)?;
            line
        }
    };
    let line = &line[..line.iter().rposition(|b| !blank(b))? + 1];
    let line = &line[line.iter().position(|b| !blank(b))?..];
    let up_to =
        |text: &[u8], end: &dyn Fn(&u8) -> bool| text.iter().position(end).unwrap_or(text.len());
    let (name, rest) = line.split_at(up_to(line, &ends_word));
    let argument = match rest.first() {
        None | Some(0) => None,
        Some(_) => rest.iter().position(|b| !blank(b)).map(|start| &rest[start..]),
    };
    Some((name, argument.map(|text| &text[..up_to(text, &|b| *b == 0)])))
}
