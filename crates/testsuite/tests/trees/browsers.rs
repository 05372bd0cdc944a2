//! Web browsers: dozens of threads, processes that share memory and pass descriptors on, a JIT compiler, an
//! allocator of their own, databases.

use clew_testsuite::program::Program;

use super::program;

#[rustfmt::skip]
pub fn programs() -> Vec<Program> {
    let heavy = "wants a web browser, of hundreds of megabytes";
    let browser = |name, words: &[&str]| {
        program(name, &[&["/usr/bin/env", "HOME={work}"], words].concat())
            .input("page.html", PAGE)
            .nondeterministic()
            .unaccounted()
            .timeout(600)
            .ignored(heavy)
    };
    vec![
        browser("chromium", &["/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://{work}/page.html"])
            .needs(&["/usr/bin/chromium"])
            .prints("<p id=\"sum\">4999950000</p>")
            .warns()
            .tree(15),
        browser("firefox", &["/bin/sh", "-c", "/usr/bin/firefox-esr --headless --no-remote --screenshot {work}/page.png file://{work}/page.html && test -s page.png && echo drawn"])
            .needs(&["/usr/bin/firefox-esr"])
            .prints("drawn")
            .tree(8),
    ]
}

const PAGE: &str = "<html><body><p id=sum></p><script>
let sum = 0;
for (let i = 0; i < 100000; i++) sum += i;
document.getElementById('sum').textContent = sum;
</script></body></html>
";
