internal import Linux

/// A line of lxc-usernet: `GRANTEE TYPE BRIDGE COUNT [OPTION…]`.
package struct UsernetEntry: Equatable, Sendable {
    package let grantee: Grantee
    package let bridge: UsernetBridge
    package let count: Int
    package let options: Options
    /// The number of the line, from 1.
    package let line: Int

    /// Whether each user has the quota, and not all users together.
    package var isPerUser: Bool { grantee == .everybody || options.isEach }

    /// The words after COUNT, which LXC's own helper ignores.
    package struct Options: Equatable, Sendable {
        /// `each`: every member of the group has the quota.
        package var isEach = false
        /// `isolated`: no frames pass between this port and other isolated ports of the bridge.
        package var isIsolated = false
        /// `macfilter`: only frames from the NIC's original hardware address may pass the port.
        package var filtersAddress = false
        /// `mtu=N`: the MTU of the container's end in bytes, limited by that of the bridge.
        package var mtu: UInt32?

        package init() {}
    }

    /// Why a line is invalid.
    package enum ParseError: Error {
        case tooFewFields
        case unknownType(String)
        case invalidBridge(String)
        case invalidCount(String)
        case unknownOption(String)
        case invalidMTU(String)
        case eachWithoutGroup
    }

    /// - Parameter text: a line without its newline, neither blank nor a comment.
    package init(_ text: ArraySlice<UInt8>, line: Int) throws(ParseError) {
        let words = wordsBeforeComment(of: text)
        guard words.count >= 4 else { throw .tooFewFields }
        guard words[1].elementsEqual(veth) else { throw .unknownType(printable(words[1])) }
        guard let bridge = UsernetBridge(words[2]) else {
            throw .invalidBridge(printable(words[2]))
        }
        guard let count = decimal(words[3], upTo: UInt64(Int32.max)) else {
            throw .invalidCount(printable(words[3]))
        }
        grantee = Grantee(field: words[0])
        self.bridge = bridge
        self.count = Int(count)
        options = try Options(words[4...])
        if options.isEach {
            guard case .owner(.group) = grantee else { throw .eachWithoutGroup }
        }
        self.line = line
    }
}

extension UsernetEntry.Options {
    /// The minimum for IPv4 (RFC 791).
    private static let minimumMTU: UInt64 = 68

    fileprivate init(_ words: ArraySlice<ArraySlice<UInt8>>) throws(UsernetEntry.ParseError) {
        for word in words {
            if word.elementsEqual("each".utf8) {
                isEach = true
            } else if word.elementsEqual("isolated".utf8) {
                isIsolated = true
            } else if word.elementsEqual("macfilter".utf8) {
                filtersAddress = true
            } else if word.starts(with: "mtu=".utf8) {
                guard let mtu = decimal(word.dropFirst(4), upTo: 65535), mtu >= Self.minimumMTU
                else {
                    throw .invalidMTU(printable(word))
                }
                self.mtu = UInt32(mtu)
            } else {
                throw .unknownOption(printable(word))
            }
        }
    }
}

extension UsernetEntry.Options {
    /// The options as a line has them.
    package var words: [String] {
        var words: [String] = []
        if isEach { words.append("each") }
        if isIsolated { words.append("isolated") }
        if filtersAddress { words.append("macfilter") }
        if let mtu { words.append("mtu=\(mtu)") }
        return words
    }
}

extension UsernetEntry.ParseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewFields: "it has fewer than the four fields USER TYPE BRIDGE COUNT"
        case .unknownType(let word): "the type \"\(word)\" is not veth"
        case .invalidBridge(let word): "\"\(word)\" is not a valid bridge name"
        case .invalidCount(let word): "the count \"\(word)\" is not a number"
        case .unknownOption(let word):
            "the option \"\(word)\" is unknown; the options are each, isolated, macfilter and mtu=N"
        case .invalidMTU(let word): "\"\(word)\" is not an MTU from 68 to 65535"
        case .eachWithoutGroup: "the option each is for lines of groups, which begin with @"
        }
    }
}
