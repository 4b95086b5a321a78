internal import Linux

extension HostTools {
    /// What iptables-save tells of its tables in nftables, by `ip` or `ip6`.
    borrowing func savedTables() -> [String: String] {
        Self.saved { ["\($0)-nft-save", "\($0)-save"] }
    }

    /// What is in the old tables, by `ip` or `ip6`. The program that tells of them would make them, so
    /// that it is asked only where the kernel says that they are there.
    borrowing func legacyTables() -> [String: String] {
        Self.saved {
            let names = $0 == "iptables" ? "ip_tables_names" : "ip6_tables_names"
            let bytes = (try? SmallFile.contents(of: "/proc/net/\(names)")) ?? nil
            return bytes?.isEmpty ?? true ? [] : ["\($0)-legacy-save"]
        }
    }

    /// By the first of these programs that is there; nothing where none can tell.
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
