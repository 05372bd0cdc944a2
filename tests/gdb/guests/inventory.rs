// A map, a trait object, a panic that is caught.
use std::collections::BTreeMap;

trait Priced {
    fn price(&self) -> u32;
}

struct Item {
    cents: u32,
}

impl Priced for Item {
    fn price(&self) -> u32 {
        self.cents
    }
}

#[inline(never)]
fn add(stock: &mut BTreeMap<String, Box<dyn Priced>>, name: &str, cents: u32) {
    stock.insert(name.to_owned(), Box::new(Item { cents }));
}

#[inline(never)]
fn total(stock: &BTreeMap<String, Box<dyn Priced>>) -> u32 {
    let mut sum = 0;
    for item in stock.values() {
        sum += item.price();
    }
    sum
}

fn main() {
    let mut stock = BTreeMap::new();
    add(&mut stock, "apple", 30);
    add(&mut stock, "pear", 45);
    let before = total(&stock);
    add(&mut stock, "plum", 25);
    let after = total(&stock);
    println!("{before} {after}");
}
