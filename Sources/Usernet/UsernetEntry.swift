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

    /// Why a line is invalid.
    package enum ParseError: Error {
        case tooFewFields
        case unknownType(String)
        case invalidBridge(String)
        case invalidCount(String)
        case unknownOption(String)
        case invalidMTU(String)
        case invalidVLAN(String)
        case invalidRate(String)
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

extension UsernetEntry.ParseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewFields: "it has fewer than the four fields USER TYPE BRIDGE COUNT"
        case .unknownType(let word): "the type \"\(word)\" is not veth"
        case .invalidBridge(let word): "\"\(word)\" is not a valid bridge name"
        case .invalidCount(let word): "the count \"\(word)\" is not a number"
        case .unknownOption(let word):
            "the option \"\(word)\" is unknown; the options are each, isolated, macfilter, "
                + "ipfilter, mtu=N, vlan=N and rate=DOWN/UP"
        case .invalidMTU(let word): "\"\(word)\" is not an MTU from 68 to 65535"
        case .invalidVLAN(let word): "\"\(word)\" is not a VLAN from 1 to 4094"
        case .invalidRate(let word):
            "\"\(word)\" is not rate=DOWN or rate=DOWN/UP, in bits per second from 8k to 100G"
        case .eachWithoutGroup: "the option each is for lines of groups, which begin with @"
        }
    }
}
