fn main() {
    let number = 1;
    let text: &str = number;
    println!("{}", text);
}
