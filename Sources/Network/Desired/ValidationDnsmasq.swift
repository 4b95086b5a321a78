internal import Linux

extension Validation {
    /// Refuses options in the administrator's file that `dnsmasq --test` accepts, but with which
    /// dnsmasq would not start or would stay in the foreground.
    mutating func checkDnsmasqFile(_ path: String) {
        guard let file = facts.dnsmasqFile(path) else { return }
        for option in file.options {
            if settings[.dnsNames].value != "client", option.reservesByHostName {
                warn(
                    "\(option.place): \(Setting.dhcpConfigurationFile.rawValue): "
                        + "\(quoted("dhcp-host=" + (option.value ?? ""))) can be claimed by any "
                        + "container that sends this host name: add a hardware address, or "
                        + "tag:!\(DnsmasqConfiguration.containerTag) to exclude containers of "
                        + "users, and reserve their addresses with LXC_DHCP_HOSTS")
            }
            guard let objection = objection(to: option, in: file) else { continue }
            problems.append(
                SettingsError(
                    option.place, Setting.dhcpConfigurationFile.rawValue,
                    quoted(option.name + (option.value.map { "=\($0)" } ?? "")) + " "
                        + objection))
        }
    }

    /// A predicate whose subject is the option.
    private func objection(to option: DnsmasqFile.Option, in file: DnsmasqFile) -> String? {
        let value = option.value ?? ""
        switch option.name {
        case "keep-in-foreground", "no-daemon":
            return
                "keeps dnsmasq in the foreground, so berth-net would wait until it exits: remove "
                + "this line"
        case "bind-dynamic" where file.bindsInterfaces:
            return "conflicts with bind-interfaces: remove one of the two"
        case "interface"
        where file.bindsInterfaces && !value.contains("*")
            && value != (settings.given(.bridge) ?? Setting.bridge.defaultValue)
            && !facts.interfaces.contains { $0.name?.description == value }:
            return "names an interface that does not exist, and with bind-interfaces dnsmasq does "
                + "not start without it: remove one of the two lines"
        case "user" where !facts.hasAccount(value, false),
            "group" where !facts.hasAccount(value, true):
            return "names \(option.name == "user" ? "a user" : "a group") that does not exist: "
                + "create it, or remove this line"
        case "user" where !DnsmasqProcess.recognizes(value):
            return
                "makes dnsmasq run as a user other than lxc-dnsmasq, dnsmasq, nobody or root, so "
                + "berth-net would neither recognize nor stop it: remove this line"
        case "log-facility" where value.contains("/") && !facts.fileExists(directory(of: value)),
            "dhcp-leasefile" where !facts.fileExists(directory(of: value)),
            "pid-file" where !value.isEmpty && !facts.fileExists(directory(of: value)):
            return "names a file in a directory that does not exist: create \(directory(of: value))"
        case "dhcp-script" where !facts.fileExists(value),
            "tftp-root" where !facts.fileExists(String(value.prefix { $0 != "," })):
            return "names a file that does not exist: create it, or remove this line"
        default: return nil
        }
    }

    private func directory(of path: String) -> String {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }
}

extension DnsmasqFile.Option {
    /// Whether it reserves an address by nothing but a host name, for users' containers too.
    fileprivate var reservesByHostName: Bool {
        guard name == "dhcp-host", let value else { return false }
        let fields = value.split(separator: ",").map(String.init)
        // A colon is in hardware addresses, client identifiers and tags.
        let isIdentified = fields.contains { field in
            field.contains(":") && !field.hasPrefix("set:") && !field.hasPrefix("tag:")
        }
        let excludesContainers = fields.contains("tag:!\(DnsmasqConfiguration.containerTag)")
        return !isIdentified && !excludesContainers
            && fields.contains { IPv4Address($0) != nil }
    }
}
