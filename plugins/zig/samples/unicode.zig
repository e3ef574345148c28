const std = @import("std");

pub fn main() void {
    const text = "Grüße, 世界 🌍\n";
    _ = std.os.linux.write(1, text, text.len);
}
