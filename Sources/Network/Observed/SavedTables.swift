internal import Linux

extension HostTools {
    /// The rules of iptables-nft as iptables-save lists them, keyed by family (`ip` or `ip6`).
    borrowing func savedTables() -> [String: String] {
        Self.saved { ["\($0)-nft-save", "\($0)-save"] }
    }

    /// The rules of iptables-legacy, keyed by family (`ip` or `ip6`). Listing them would create the
    /// tables, so this runs the program only if the kernel says that they exist.
    borrowing func legacyTables() -> [String: String] {
        Self.saved {
            let names = $0 == "iptables" ? "ip_tables_names" : "ip6_tables_names"
            let bytes = (try? SmallFile.contents(of: "/proc/net/\(names)")) ?? nil
            return bytes?.isEmpty ?? true ? [] : ["\($0)-legacy-save"]
        }
    }

    /// Runs the first of the programs that is installed. A family whose program fails is left out.
    private static func saved(by programs: (String) -> [String]) -> [String: String] {
        var texts: [String: String] = [:]
        for (family, name) in [("ip", "iptables"), ("ip6", "ip6tables")] {
            guard let program = programs(name).lazy.compactMap({ ExternalProgram(named: $0) }).first
            else {
                continue
            }
            texts[family] = try? run(program, [])
        }
        return texts
    }
}
