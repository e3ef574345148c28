pub fn main() void {
    const number: u8 = 1;
    const text: []const u8 = number;
    _ = text;
}
