/// The names that are safe for shell completion. bash expands the words that a completion function
/// passes to it, which runs command substitutions in them. A word that begins with a dash would
/// look like an option.
package func completable(_ names: [String]) -> [String] {
    names.filter { name in
        !name.utf8.isEmpty && name.utf8.first != 0x2d
            && name.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x30...0x39).contains(byte) || "._-@+".utf8.contains(byte)
            }
    }
}
