internal import Linux

/// What LXC accepts as the value of a key. LXC rejects the whole file if one value is invalid.
enum ConfigValue: Equatable, Sendable {
    case text, path, pathNotEmpty
    /// No value is allowed.
    case nothing
    /// 0 or 1.
    case flag
    case number, positive, integer
    /// Separated by commas.
    case numbers
    case size, duration, hostName, unixSocket
    case word([String])
    case signal, logLevel, architecture
    case capabilities, namespaces, autoMounts
    case cgroupPath, cgroupName
    case idMap, limit, environment, rootfsOptions
    case address4, address6, gateway4, gateway6, route4, route6, vlan

    /// Why LXC rejects a value, as the end of a sentence, and what to write instead, if that is
    /// clear.
    struct Fault: Equatable, Sendable {
        let reason: String
        /// A word of the value, and the word that was probably meant.
        var correction: (wrong: String, right: String)?

        static func == (one: Fault, other: Fault) -> Bool { one.reason == other.reason }
    }

    /// - Parameter value: an empty one restores the default of most keys.
    func fault(_ value: [UInt8]) -> Fault? {
        switch self {
        case .nothing: return value.isEmpty ? nil : Fault(reason: "it must have no value")
        case .pathNotEmpty: return value.isEmpty ? Fault(reason: "its value is empty") : nil
        case .architecture where value.isEmpty: return Fault(reason: "its value is empty")
        case _ where value.isEmpty: return nil
        default: break
        }
        let text = String(decoding: value, as: UTF8.self)
        return listFault(text) ?? scalarFault(text).map { Fault(reason: $0) }
    }

    /// The fault of a single value.
    private func scalarFault(_ text: String) -> String? {
        func unless(_ isValid: Bool, _ reason: String) -> String? { isValid ? nil : reason }
        switch self {
        case .flag: return unless([0, 1].contains(Self.number(text)), "the value must be 0 or 1")
        case .number: return unless(Self.number(text) != nil, "the value must be a number")
        case .positive:
            return unless((Self.number(text) ?? 0) > 0, "the value must be a number above 0")
        case .integer:
            let digits = text.first == "-" ? text.dropFirst() : text[...]
            return unless(Self.number(digits) != nil, "the value must be a number")
        case .numbers:
            return unless(
                text.split(separator: ",").allSatisfy { Self.number($0) != nil },
                "the value must be numbers, separated by commas")
        case .size:
            return unless(
                text == "auto" || text.first?.isNumber == true,
                "the value must be auto, or a size such as 128KB")
        case .duration:
            let digits = text.first == "-" ? text.dropFirst() : text[...]
            let unit = digits.drop { $0.isASCII && $0.isNumber }.filter { $0 != " " }
            return unless(
                digits.first?.isNumber == true && ["h", "m", "s", "ms", "us", "ns"].contains(unit),
                "the value must be a number with a unit: h, m, s, ms, us or ns")
        case .hostName:
            return unless(text.utf8.count <= 64, "the value has more than 64 characters")
        case .unixSocket: return unless(text.hasPrefix("unix:"), "the value must begin with unix:")
        case .cgroupPath:
            let names = text.split(separator: "/", omittingEmptySubsequences: false)
            return unless(
                text.first != "/" && !names.contains(".."),
                "the value must be a path below the cgroup of lxc-start, without .. in it")
        case .cgroupName:
            return unless(
                !text.contains("/") && text != "." && text != "..",
                "the value must be the name of a directory, without a slash")
        case .rootfsOptions:
            let words = ["create=dir", "create=file", "optional", "relative"]
            return unless(
                !text.split(separator: ",").contains { words.contains(String($0)) },
                "create=, optional and relative are options of lxc.mount.entry only")
        case .idMap:
            let words = text.split { $0 == " " || $0 == "\t" }
            return unless(
                words.count == 4 && ["u", "g"].contains(words[0])
                    && words.dropFirst().allSatisfy { Self.number($0) != nil },
                "the value must be u or g and three numbers, such as u 0 100000 65536")
        case .limit: return limitFault(text)
        default: return addressFault(text)
        }
    }

    private func limitFault(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " && $0 != "\t" } }
        func value(_ part: String) -> UInt64? {
            part == "unlimited" ? .max : decimal(Array(part.utf8)[...], upTo: .max)
        }
        let limits = parts.map { value($0) }
        guard parts.count <= 2, !limits.contains(nil) else {
            return "the value must be a number, unlimited, or SOFT:HARD"
        }
        guard let soft = limits.first ?? nil, let hard = limits.last ?? nil, soft <= hard else {
            return "the soft limit must not be above the hard limit"
        }
        return nil
    }

    private func addressFault(_ text: String) -> String? {
        func prefix(_ text: Substring, upTo limit: UInt64) -> Bool {
            Self.number(text).map { $0 <= limit } ?? false
        }
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(halves.first ?? "")
        switch self {
        case .address4:
            let words = text.split(separator: " ", maxSplits: 1)
            let halves = words[0].split(separator: "/", maxSplits: 1)
            let isValid =
                AddressText.version4(String(halves[0])) != nil
                && (words.count == 1 || AddressText.version4(String(words[1])) != nil)
                && (halves.count == 1 || prefix(halves[1], upTo: 32))
            return isValid
                ? nil
                : "the value must be an IPv4 address with its prefix length, as in 10.0.3.9/24"
        case .address6:
            let isValid =
                AddressText.version6(address) != nil
                && (halves.count == 1 || prefix(halves[1], upTo: 128))
            return isValid
                ? nil : "the value must be an IPv6 address with its prefix length, as in fd00::9/64"
        case .gateway4:
            return ["auto", "dev"].contains(text) || AddressText.version4(text) != nil
                ? nil : "the value must be an IPv4 address, auto or dev"
        case .gateway6:
            return ["auto", "dev"].contains(text) || AddressText.version6(text) != nil
                ? nil : "the value must be an IPv6 address, auto or dev"
        case .route4:
            return halves.count == 2 && AddressText.version4(address) != nil
                && prefix(halves[1], upTo: 32)
                ? nil : "the value must be an IPv4 network, such as 10.1.0.0/24"
        case .route6:
            return halves.count == 2 && AddressText.version6(address) != nil
                && prefix(halves[1], upTo: 128)
                ? nil : "the value must be an IPv6 network, such as fd00:1::/64"
        case .vlan:
            return text == "none" || Self.number(text).map { $0 <= 4095 } ?? false
                ? nil : "the value must be none, or a VLAN ID of at most 4095"
        default: return nil
        }
    }

    /// As strtoul(3) reads it with base 0: decimal, octal (0…) or hexadecimal (0x…), up to 32 bits.
    static func number(_ text: some StringProtocol) -> UInt64? {
        let bytes = Array(text.utf8)
        if bytes.count > 2, bytes[0] == 0x30, bytes[1] | 0x20 == 0x78 {
            return UInt32(text.dropFirst(2), radix: 16).map { UInt64($0) }
        }
        if bytes.count > 1, bytes[0] == 0x30 {
            return UInt32(text.dropFirst(), radix: 8).map { UInt64($0) }
        }
        return decimal(bytes[...], upTo: UInt64(UInt32.max))
    }
}
